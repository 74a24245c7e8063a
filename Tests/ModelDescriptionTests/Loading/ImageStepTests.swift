import Testing

@testable import ModelDescription
@testable import ModelGraph

@Suite("Steps for images and sequences") struct ImageStepTests {
  /// A description with images, sequences of channels and rows, and these steps, from line 5 on.
  private static func steps(_ steps: String...) -> String {
    """
    name: m
    dimensions: {kernel: 9}
    inputs: {x: {type: numbers, shape: [batch, 6, 8, 7]}, \
    s: {type: numbers, shape: [batch, 6, length]}, \
    h: {type: numbers, shape: [batch, sequence, 8]}, r: {type: numbers, shape: [batch, 8]}, \
    o: {type: numbers, shape: [batch, 6, height, width]}}
    graph:
    \(steps.map { "  - \($0)" }.joined(separator: "\n"))
    outputs: {y: previous}
    """
  }

  static let refusals: [Refusal] = [
    Refusal(
      "'same' with a stride",
      steps(
        "conv2d: {name: c, out: 4, kernel: 3, padding: same, stride: 2, from: x}"),
      """
      m.yaml:5:51: padding 'same' makes a result as large as the input, which a stride of 2 does not
          5 |   - conv2d: {name: c, out: 4, kernel: 3, padding: same, stride: 2, from: x}
            |                                                   ^~~~
        fix: write the padding as a number, such as 1, or choose a stride of 1
      """),
    Refusal(
      "A padding that is no word",
      steps(
        "conv2d: {name: c, out: 4, kernel: 3, padding: smae, from: x}"),
      """
      m.yaml:5:51: 'smae' is not one of a number, same, valid
          5 |   - conv2d: {name: c, out: 4, kernel: 3, padding: smae, from: x}
            |                                                   ^~~~
        fix: did you mean 'same'?
      """),
    Refusal(
      "Too many sizes",
      steps(
        "conv2d: {name: c, out: 4, kernel: [3, 3, 3], from: x}"),
      """
      m.yaml:5:39: 'kernel' has 3 sizes, but conv2d has 2 axes
          5 |   - conv2d: {name: c, out: 4, kernel: [3, 3, 3], from: x}
            |                                       ^~~~~~~~~
        fix: write one number for all axes, or 2
      """),
    Refusal(
      "A kernel larger than the image",
      steps(
        "conv2d: {name: c, out: 4, kernel: $kernel, from: x}"),
      """
      m.yaml:5:39: conv2d: a kernel that reaches over 9 does not fit axis 2 of the input [batch, \
      6, 8, 7], which is 8 with its padding
          5 |   - conv2d: {name: c, out: 4, kernel: $kernel, from: x}
            |                                       ^~~~~~~ kernel = 9 (set at line 2)
        fix: choose a kernel that reaches over at most 8, or 1 more of padding
      """),
    Refusal(
      "Groups that do not divide the channels",
      steps(
        "conv2d: {name: c, out: 4, kernel: 3, groups: 4, from: x}"),
      """
      m.yaml:5:50: conv2d: 4 groups do not divide 6 channels
          5 |   - conv2d: {name: c, out: 4, kernel: 3, groups: 4, from: x}
            |                                                  ^
        fix: choose a divisor of 6
      """),
    Refusal(
      "Groups that do not divide the result's channels",
      steps(
        "conv2d: {name: c, out: 4, kernel: 3, groups: 3, from: x}"),
      """
      m.yaml:5:50: conv2d: 3 groups do not divide 4 channels
          5 |   - conv2d: {name: c, out: 4, kernel: 3, groups: 3, from: x}
            |                                                  ^
        fix: choose a divisor of 4
      """),
    Refusal(
      "A convolution of rows",
      steps(
        "conv2d: {name: c, out: 4, kernel: 3, from: r}"),
      """
      m.yaml:5:48: conv2d: the input must be [batch, channels, height, width], but its shape is \
      [batch, 8]
          5 |   - conv2d: {name: c, out: 4, kernel: 3, from: r}
            |                                                ^
        fix: read a value that has these axes
      """),
    Refusal(
      "A convolution over sequences whose channels stand last",
      steps(
        "conv1d: {name: c, out: 4, kernel: 3, from: h}"),
      """
      m.yaml:5:48: conv1d: axis 1 of the input [batch, sequence, 8] must be its channels, as many \
      as are known
          5 |   - conv1d: {name: c, out: 4, kernel: 3, from: h}
            |                                                ^
        fix: bring the channels to axis 1, or take what works on the last axis
      """),
    Refusal(
      "Padding of GPT-2's layer",
      steps(
        "conv1d: {name: c, out: 4, padding: 1, from: r}"),
      """
      m.yaml:5:40: conv1d takes 'padding' only with a 'kernel'
          5 |   - conv1d: {name: c, out: 4, padding: 1, from: r}
            |                                        ^
        fix: add 'kernel: …', or leave out 'padding'
      """),
    Refusal(
      "More padding than half of a window",
      steps(
        "max_pool: {kernel: 3, padding: 2, from: x}"),
      """
      m.yaml:5:36: max_pool: the padding must be at most 1, not 2
          5 |   - max_pool: {kernel: 3, padding: 2, from: x}
            |                                    ^
        fix: choose a padding of at most 1
      """),
    Refusal(
      "A window larger than the image",
      steps(
        "avg_pool: {kernel: [9, 2], from: x}"),
      """
      m.yaml:5:24: avg_pool: a kernel that reaches over 9 does not fit axis 2 of the input \
      [batch, 6, 8, 7], which is 8 with its padding
          5 |   - avg_pool: {kernel: [9, 2], from: x}
            |                        ^~~~~~
        fix: choose a kernel that reaches over at most 8, or 1 more of padding
      """),
    Refusal(
      "Pooling rows",
      steps(
        "max_pool: {kernel: 2, from: r}"),
      """
      m.yaml:5:33: max_pool: the input must be [batch, channels, height, width] or [batch, \
      channels, length], but its shape is [batch, 8]
          5 |   - max_pool: {kernel: 2, from: r}
            |                                 ^
        fix: read a value that has these axes
      """),
    Refusal(
      "Windows that may reach over an open end",
      steps(
        "max_pool: {kernel: 2, ceil: true, from: o}"),
      """
      m.yaml:5:45: max_pool: the input must have known sizes, but its shape is [batch, 6, height, \
      width]
          5 |   - max_pool: {kernel: 2, ceil: true, from: o}
            |                                             ^ [batch, 6, height, width] from line 3
        fix: write the sizes of the input as numbers
      """),
    Refusal(
      "A pooled size for an axis that is not there",
      steps(
        "adaptive_avg_pool: {size: [1, 1], from: s}"),
      """
      m.yaml:5:31: 'size' has 2 sizes, but adaptive_avg_pool has 1 axis
          5 |   - adaptive_avg_pool: {size: [1, 1], from: s}
            |                               ^~~~~~
        fix: write one number
      """),
    Refusal(
      "An axis that is not there",
      steps(
        "mean: {axes: [2, 4], from: x}"),
      """
      m.yaml:5:18: mean: there is no axis 4 in [batch, 6, 8, 7]
          5 |   - mean: {axes: [2, 4], from: x}
            |                  ^~~~~~
        fix: choose from 0 to 3, or from -4 to -1
      """),
    Refusal(
      "An axis of another name",
      steps(
        "max: {axes: sequense, from: h}"),
      """
      m.yaml:5:17: max: no axis of [batch, sequence, 8] is called 'sequense'
          5 |   - max: {axes: sequense, from: h}
            |                 ^~~~~~~~
        fix: did you mean 'sequence'?
      """),
    Refusal(
      "An axis that is named twice",
      steps(
        "sum: {axes: [1, -2], from: h}"),
      """
      m.yaml:5:32: sum: axis 1 of [batch, sequence, 8] is named twice
          5 |   - sum: {axes: [1, -2], from: h}
            |                                ^ [batch, sequence, 8] from line 3
        fix: name each axis once
      """),
    Refusal(
      "Flattening an open axis",
      steps(
        "flatten: {from: h}"),
      """
      m.yaml:5:21: flatten: axes 1 to 2 of [batch, sequence, 8] must have known sizes
          5 |   - flatten: {from: h}
            |                     ^ [batch, sequence, 8] from line 3
        fix: begin behind the axes that are open, or make them of known sizes first
      """),
    Refusal(
      "Flattening backwards",
      steps(
        "flatten: {start: 2, end: 1, from: x}"),
      """
      m.yaml:5:39: flatten: axis 2 stands behind axis 1 in [batch, 6, 8, 7]
          5 |   - flatten: {start: 2, end: 1, from: x}
            |                                       ^ [batch, 6, 8, 7] from line 3
        fix: choose a start that is at most the end
      """),
    Refusal(
      "Batch norm of rows of features",
      steps(
        "batch_norm: {name: n, from: h}"),
      """
      m.yaml:5:33: batch_norm: axis 1 of the input [batch, sequence, 8] must be its channels, as \
      many as are known
          5 |   - batch_norm: {name: n, from: h}
            |                                 ^
        fix: bring the channels to axis 1, or take what works on the last axis
      """),
    Refusal(
      "Groups that do not divide normalized channels",
      steps(
        "group_norm: {name: n, groups: 4, from: x}"),
      """
      m.yaml:5:35: group_norm: 4 groups do not divide 6 channels
          5 |   - group_norm: {name: n, groups: 4, from: x}
            |                                   ^
        fix: choose a divisor of 6
      """),
    Refusal(
      "A buffer in place of a weight",
      steps(
        "batch_norm: {name: n, from: r}",
        "embedding: {name: e, count: 8, size: 1, weight: n.running_mean, from: r}"),
      """
      m.yaml:6:53: no parameter is called 'n.running_mean' up to here
          6 |   - embedding: {name: e, count: 8, size: 1, weight: n.running_mean, from: r}
            |                                                     ^~~~~~~~~~~~~~
        fix: known here: n.weight, n.bias
      """),
  ]

  @Test("A wrong one gets one message, with its place", arguments: refusals)
  func refused(_ refusal: Refusal) { #expect(refusal.found == refusal.prints) }
}
