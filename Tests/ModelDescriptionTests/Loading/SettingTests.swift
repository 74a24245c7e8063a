import ModelGraph
import PeftTestSupport
import Testing

@testable import ModelDescription

@Suite("Settings") struct SettingTests {
  private func graph(_ model: String, _ settings: [(String, String)]) throws -> Graph {
    try ModelDescription(model, setting: settings).graph()
  }

  @Test("A dimension can be set anew, and what depends on it follows")
  func overriding() throws {
    let small = try graph("gpt2", [("width", "24"), ("layers", "1")])
    #expect(
      small.parameter(named: "transformer.h.0.mlp.c_fc.weight").map { small[$0].shape }
        == [24, 96])
    let labels = try graph("bert-base-classifier", [("labels", "3"), ("layers", "2 * 1")])
    #expect(labels.parameter(named: "classifier.bias").map { labels[$0].shape } == [3])
    #expect(labels.modules.contains("bert.encoder.layer.1"))
    #expect(!labels.modules.contains("bert.encoder.layer.2"))
    let untied = try graph("gpt2", [("tied", "false"), ("layers", "1")])
    #expect(untied.parameter(named: "lm_head.weight") != nil)
  }

  @Test("Both towers and both stacks follow one number of layers, or their own")
  func towers() throws {
    let clip = try graph("clip-vit-l14", [("layers", "1")])
    #expect(clip.modules.children(of: "text_model.encoder.layers").count == 1)
    #expect(clip.modules.children(of: "vision_model.encoder.layers").count == 1)
    let t5 = try graph("t5-small", [("layers", "1"), ("decoder_layers", "3")])
    #expect(t5.modules.children(of: "encoder.block").count == 1)
    #expect(t5.modules.children(of: "decoder.block").count == 3)
  }

  private static let text = """
    name: small
    dimensions: {width: 768, heads: 12, layers: 2, activation: gelu}
    inputs: {x: {type: numbers, shape: [batch, sequence, $width]}}
    graph:
      - repeat:
          name: h
          count: $layers
          from: x
          graph:
            - attention: {heads: $heads, causal: true, from: [x, x, x]}
            - activation: {function: $activation}
    outputs: {y: previous}
    """

  @Test(
    "A setting that cannot be is refused, with words for the command line",
    arguments: [
      (
        "layer=2",
        """
        --set:1:1: there is no dimension 'layer' that could be set
            1 | layer=2
              | ^~~~~
          fix: did you mean 'layers'?
        """
      ),
      (
        "heads=25",
        """
        small.yaml:10:30: attention: 25 heads do not divide width 768
           10 |         - attention: {heads: $heads, causal: true, from: [x, x, x]}
              |                              ^~~~~~ heads = 25 (set by --set)
          fix: choose a divisor of 768
        """
      ),
      (
        "heads=5 * 5",
        """
        small.yaml:10:30: attention: 25 heads do not divide width 768
           10 |         - attention: {heads: $heads, causal: true, from: [x, x, x]}
              |                              ^~~~~~ heads = 25 (set by --set)
          fix: choose a divisor of 768
        """
      ),
      (
        "layers=two",
        """
        small.yaml:7:14: found text 'two', expected a whole number
            7 |       count: $layers
              |              ^~~~~~~ layers = two (set by --set)
          fix: write a whole number
        """
      ),
      (
        "layers=0",
        """
        small.yaml:7:14: 0 is too small: at least 1
            7 |       count: $layers
              |              ^~~~~~~ layers = 0 (set by --set)
          fix: choose 1 or more
        """
      ),
      (
        "layers=1 / 0",
        """
        --set:1:8: 1 / 0 divides by zero
            1 | layers=1 / 0
              |        ^~~~~
          fix: choose a divisor other than 0
        """
      ),
      (
        "activation=gelu_new",
        """
        small.yaml:11:34: 'gelu_new' is not one of relu, silu, tanh, sigmoid, exp, gelu, \
        gelu_tanh, quick_gelu, gelu_10, mish, relu2, relu6, leaky_relu, hardswish, laplace, identity
           11 |         - activation: {function: $activation}
              |                                  ^~~~~~~~~~~ activation = gelu_new (set by --set)
          fix: known here: relu, silu, tanh, sigmoid, exp, gelu, gelu_tanh, quick_gelu, gelu_10, mish, \
        relu2, relu6, leaky_relu, hardswish, laplace, identity
        """
      ),
    ])
  func refusals(setting: String, prints: String) {
    let parts = setting.split(separator: "=").map(String.init)
    let found = message {
      _ = try ModelDescription(
        text: Self.text, path: "small.yaml", setting: [(parts[0], parts[1])]
      ).graph()
    }
    #expect(found == prints)
  }
}
