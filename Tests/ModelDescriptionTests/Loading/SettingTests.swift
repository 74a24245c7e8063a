import ModelGraph
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

  @Test("A setting that cannot be is refused, with words for the command line")
  func refusals() {
    let refusals: [((String, String), String)] = [
      (
        ("layer", "2"),
        """
        --set:1:1: error: there is no dimension 'layer' that could be set
            1 | layer=2
              | ^~~~~
          fix: did you mean 'layers'?
        """
      ),
      (
        ("heads", "25"),
        """
        Models/gpt2.yaml:79:20: error: attention: 25 heads do not divide width 768
           79 |             heads: $heads
              |                    ^~~~~~ heads = 25 (set by --set)
          fix: choose a divisor of 768
        """
      ),
      (
        ("layers", "two"),
        """
        Models/gpt2.yaml:67:14: error: found text 'two', expected a whole number
           67 |       count: $layers
              |              ^~~~~~~ layers = two (set by --set)
          fix: write a whole number
        """
      ),
      (
        ("layers", "0"),
        """
        Models/gpt2.yaml:67:14: error: 0 is too small: at least 1
           67 |       count: $layers
              |              ^~~~~~~ layers = 0 (set by --set)
          fix: choose 1 or more
        """
      ),
      (
        ("activation", "gelu_new"),
        """
        Models/gpt2.yaml:87:48: error: 'gelu_new' is not one of relu, silu, tanh, sigmoid, exp, gelu, \
        gelu_tanh, quick_gelu
           87 |         - activation: {name: mlp.act, function: $activation}
              |                                                ^~~~~~~~~~~ activation = gelu_new (set by --set)
          fix: did you mean 'gelu'?
        """
      ),
    ]
    for (setting, prints) in refusals {
      #expect(printed { _ = try graph("gpt2", [setting]) } == prints, "\(setting)")
    }
  }
}
