import Testing

@testable import ModelDescription

@Suite("The form of steps") struct StepFormTests {
  static let refusals: [Refusal] = [
    Refusal(
      "An unknown operator",
      steps(
        "linaer: {name: a, out: 2, from: x}"),
      """
      m.yaml:5:5: no operator is called 'linaer'
          5 |   - linaer: {name: a, out: 2, from: x}
            |     ^~~~~~
        fix: did you mean 'linear'?
      """),
    Refusal(
      "An unknown operator that is near to none",
      steps(
        "zzzzzz: {from: x}"),
      """
      m.yaml:5:5: no operator is called 'zzzzzz'
          5 |   - zzzzzz: {from: x}
            |     ^~~~~~
        fix: the operators are \(StepCatalog.all.map { $0.name }.joined(separator: ", "))
      """),
    Refusal(
      "An unknown attribute",
      steps(
        "linear: {name: a, outs: 2, out: 2, from: x}"),
      """
      m.yaml:5:23: linear has no attribute 'outs'
          5 |   - linear: {name: a, outs: 2, out: 2, from: x}
            |                       ^~~~
        fix: did you mean 'out'?
      """),
    Refusal(
      "An unknown dimension",
      steps(
        "linear: {name: a, out: $widht, from: x}"),
      """
      m.yaml:5:28: no dimension is called 'widht'
          5 |   - linear: {name: a, out: $widht, from: x}
            |                            ^~~~~~
        fix: did you mean '$width'?
      """),
    Refusal(
      "A missing attribute",
      steps(
        "linear: {name: a, from: x}"),
      """
      m.yaml:5:5: linear needs 'out': Width of the result.
          5 |   - linear: {name: a, from: x}
            |     ^~~~~~
        fix: add 'out: …'
      """),
    Refusal(
      "A missing name",
      steps(
        "linear: {out: 2, from: x}"),
      """
      m.yaml:5:5: linear needs 'name': Path of the module inside the enclosing scope; \
      $name is replaced.
          5 |   - linear: {out: 2, from: x}
            |     ^~~~~~
        fix: add 'name: …'
      """),
    Refusal(
      "A value that nobody made",
      steps(
        "linear: {name: a, out: 2, from: z}"),
      """
      m.yaml:5:37: no value is called 'z' here
          5 |   - linear: {name: a, out: 2, from: z}
            |                                     ^
        fix: known here: h, t, x, previous
      """),
    Refusal(
      "Nothing to read",
      steps(
        "linear: {name: a, out: 2}"),
      """
      m.yaml:5:5: linear has nothing before it to read
          5 |   - linear: {name: a, out: 2}
            |     ^~~~~~
        fix: name what it reads: 'from: input_ids'
      """),
    Refusal(
      "An open width",
      steps(
        "linear: {name: a, out: 2, from: t}"),
      """
      m.yaml:5:37: the last axis of [batch, sequence] must be a known size
          5 |   - linear: {name: a, out: 2, from: t}
            |                                     ^
        fix: only batch and sequence can be left open
      """),
    Refusal(
      "Two operators in one step",
      steps(
        "{relu: {from: x}, tanh: {}}"),
      """
      m.yaml:5:23: a step has one operator, not 2: relu, tanh
          5 |   - {relu: {from: x}, tanh: {}}
            |                       ^~~~
        fix: write it as '- linear: {name: fc, out: 10}'
      """),
    Refusal(
      "No operator at all",
      steps(
        "[relu]"),
      """
      m.yaml:5:5: a step is one operator with its attributes, not a list
          5 |   - [relu]
            |     ^~~~~~
        fix: write it as '- linear: {name: fc, out: 10}'
      """),
    Refusal(
      "Attributes that are no mapping",
      steps(
        "linear: 3"),
      """
      m.yaml:5:13: the attributes of linear are a mapping, not a whole number
          5 |   - linear: 3
            |             ^
        fix: write 'linear: {…}'
      """),
  ]

  @Test("A step that is written wrongly says how to write it", arguments: refusals)
  func refuses(refusal: Refusal) {
    #expect(refusal.found == refusal.prints)
  }
}
