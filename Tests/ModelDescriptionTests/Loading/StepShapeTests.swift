import Testing

@Suite("The shapes and names of steps") struct StepShapeTests {
  static let refusals: [Refusal] = [
    Refusal(
      "Heads that do not divide the width",
      steps(
        "attention: {heads: $heads, from: [h, h, h]}"),
      """
      m.yaml:5:24: attention: 3 heads do not divide width 8
          5 |   - attention: {heads: $heads, from: [h, h, h]}
            |                        ^~~~~~ heads = 3 (set at line 2)
        fix: choose a divisor of 8
      """),
    Refusal(
      "Key and value heads that do not divide heads",
      steps(
        "attention: {heads: 4, key_value_heads: $heads, from: [h, h, h]}"),
      """
      m.yaml:5:44: attention: 3 key/value heads do not divide width 4
          5 |   - attention: {heads: 4, key_value_heads: $heads, from: [h, h, h]}
            |                                            ^~~~~~ heads = 3 (set at line 2)
        fix: choose a divisor of 4
      """),
    Refusal(
      "Rotary heads that do not divide the width",
      steps(
        "rotary: {head_size: $heads, from: h}"),
      """
      m.yaml:5:25: rotary: 3 entries of a head do not divide width 8
          5 |   - rotary: {head_size: $heads, from: h}
            |                         ^~~~~~ heads = 3 (set at line 2)
        fix: choose a divisor of 8
      """),
    Refusal(
      "Parts that do not divide the width",
      steps(
        "split: {parts: $heads, from: x}"),
      """
      m.yaml:5:20: split: 3 parts do not divide width 8
          5 |   - split: {parts: $heads, from: x}
            |                    ^~~~~~ heads = 3 (set at line 2)
        fix: choose a divisor of 8
      """),
    Refusal(
      "More parts than anybody names",
      steps(
        "split: {parts: $big, from: x}"),
      """
      m.yaml:5:20: 1000000000000 is too large: at most 256
          5 |   - split: {parts: $big, from: x}
            |                    ^~~~ big = 1000000000000 (set at line 2)
        fix: choose 256 or less
      """),
    Refusal(
      "Shapes that do not fit",
      steps(
        "linear: {name: a, out: 4, from: x, to: p}",
        "linear: {name: b, out: 5, from: x, to: q}",
        "add: {from: [p, q]}"),
      """
      m.yaml:7:17: add: value 1 [batch, 4] does not fit value 2 [batch, 5]
          7 |   - add: {from: [p, q]}
            |                 ^~~~~~ [batch, 4] from line 5, [batch, 5] from line 6
        fix: change one of the two, so that they fit
      """),
    Refusal(
      "A weight of another shape",
      steps(
        "linear: {name: a, out: 4, from: x}",
        "linear: {name: b, out: 4, from: previous, weight: a.weight}"),
      """
      m.yaml:6:55: 'a.weight' has shape [4, 8], but [4, 4] is needed here
          6 |   - linear: {name: b, out: 4, from: previous, weight: a.weight}
            |                                                       ^~~~~~~~
        fix: share only parameters of equal shape
      """),
    Refusal(
      "A weight that is not there",
      steps(
        "linear: {name: a, out: 4, from: x}",
        "linear: {name: b, out: 8, weight: a.wieght}"),
      """
      m.yaml:6:39: no parameter is called 'a.wieght' up to here
          6 |   - linear: {name: b, out: 8, weight: a.wieght}
            |                                       ^~~~~~~~
        fix: did you mean 'a.weight'?
      """),
    Refusal(
      "The same parameter twice",
      steps(
        "linear: {name: a, out: 8, from: x}",
        "linear: {name: a, out: 8}"),
      """
      m.yaml:6:5: two parameters are called 'a.weight'
          6 |   - linear: {name: a, out: 8}
            |     ^~~~~~
        fix: give each step its own name inside its scope
      """),
    Refusal(
      "A wrong number of names",
      steps(
        "split: {parts: 2, from: x, to: [p, q, r]}"),
      """
      m.yaml:5:36: 3 names for 2 results
          5 |   - split: {parts: 2, from: x, to: [p, q, r]}
            |                                    ^~~~~~~~~
        fix: give 2 names
      """),
    Refusal(
      "Several values where one is read",
      steps(
        "split: {parts: 2, from: x}",
        "relu: {}"),
      """
      m.yaml:6:5: relu reads one value, but the step before makes 2
          6 |   - relu: {}
            |     ^~~~
        fix: name the results with 'to: [q, k, v]' and choose one with 'from: q'
      """),
    Refusal(
      "A wrong number of values",
      steps(
        "attention: {heads: 1, from: [h, h]}"),
      """
      m.yaml:5:33: attention reads 3 values, not 2
          5 |   - attention: {heads: 1, from: [h, h]}
            |                                 ^~~~~~
        fix: name them in order: 'from: [q, k, v]'
      """),
    Refusal(
      "A reserved name",
      steps(
        "relu: {from: x, to: previous}"),
      """
      m.yaml:5:25: 'previous' cannot be the name of a value
          5 |   - relu: {from: x, to: previous}
            |                         ^~~~~~~~
        fix: choose another name: 'previous' is always the step before
      """),
    Refusal(
      "A name that is no path",
      steps(
        "linear: {name: a..b, out: 2, from: x}"),
      """
      m.yaml:5:20: 'a..b' cannot be a module's name
          5 |   - linear: {name: a..b, out: 2, from: x}
            |                    ^~~~
        fix: use letters, digits, '_' and '-', with single dots between the parts
      """),
    Refusal(
      "A list of modules with one that nobody makes",
      steps(
        "repeat: {name: l, count: 2, from: x, modules: [b, a], graph: [linear: {name: a, out: 8}]}"),
      """
      m.yaml:5:52: no step makes module 'b'
          5 |   - repeat: {name: l, count: 2, from: x, modules: [b, a], graph: [linear: {name: \
      a, out: 8}]}
            |                                                    ^
        fix: correct the path, or give its kind: '- {path: Dropout}'
      """),
    Refusal(
      "Steps that are no list",
      steps(
        "repeat: {name: l, count: 2, graph: relu}"),
      """
      m.yaml:5:40: expected a list of steps, found text
          5 |   - repeat: {name: l, count: 2, graph: relu}
            |                                        ^~~~
        fix: write a list of steps
      """),
  ]

  @Test("Steps that do not fit name both sides", arguments: refusals)
  func refuses(refusal: Refusal) {
    #expect(refusal.found == refusal.prints)
  }
}
