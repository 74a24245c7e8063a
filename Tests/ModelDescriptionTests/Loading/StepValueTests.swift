import Testing

@Suite("The values of steps") struct StepValueTests {
  static let refusals: [Refusal] = [
    Refusal(
      "A list where one value is expected",
      steps(
        "linear: {name: a, out: [2], from: x}"),
      """
      m.yaml:5:28: expected one value, found a list
          5 |   - linear: {name: a, out: [2], from: x}
            |                            ^~~
        fix: write one value
      """),
    Refusal(
      "Text where a number is expected",
      steps(
        "linear: {name: a, out: many, from: x}"),
      """
      m.yaml:5:28: found the word 'many', expected a number or '$name'
          5 |   - linear: {name: a, out: many, from: x}
            |                            ^~~~
        fix: write '$many' for a dimension, or put quotes around text
      """),
    Refusal(
      "A fraction where a whole number is expected",
      steps(
        "linear: {name: a, out: 2.5, from: x}"),
      """
      m.yaml:5:28: expected a whole number, found 2.5
          5 |   - linear: {name: a, out: 2.5, from: x}
            |                            ^~~
        fix: write a whole number
      """),
    Refusal(
      "Zero",
      steps(
        "linear: {name: a, out: $zero, from: x}"),
      """
      m.yaml:5:28: 0 is too small: at least 1
          5 |   - linear: {name: a, out: $zero, from: x}
            |                            ^~~~~ zero = 0 (set at line 2)
        fix: choose 1 or more
      """),
    Refusal(
      "Less than zero",
      steps(
        "linear: {name: a, out: -2, from: x}"),
      """
      m.yaml:5:28: -2 is too small: at least 1
          5 |   - linear: {name: a, out: -2, from: x}
            |                            ^~
        fix: choose 1 or more
      """),
    Refusal(
      "A number no integer holds",
      steps(
        "linear: {name: a, out: 99999999999999999999, from: x}"),
      """
      m.yaml:5:28: 99999999999999999999 is too large for a number
          5 |   - linear: {name: a, out: 99999999999999999999, from: x}
            |                            ^~~~~~~~~~~~~~~~~~~~
        fix: choose a smaller number
      """),
    Refusal(
      "Division by zero",
      steps(
        "linear: {name: a, out: $width // $zero, from: x}"),
      """
      m.yaml:5:28: 8 // 0 divides by zero
          5 |   - linear: {name: a, out: $width // $zero, from: x}
            |                            ^~~~~~~~~~~~~~~ width = 8 (set at line 2), zero = 0 \
      (set at line 2)
        fix: choose a divisor other than 0
      """),
    Refusal(
      "A product no integer holds",
      steps(
        "linear: {name: a, out: $big * $big, from: x}"),
      """
      m.yaml:5:28: 1000000000000 * 1000000000000 is too large
          5 |   - linear: {name: a, out: $big * $big, from: x}
            |                            ^~~~~~~~~~~ big = 1000000000000 (set at line 2)
        fix: choose smaller numbers
      """),
    Refusal(
      "A weight larger than memory can be",
      steps(
        "linear: {name: a, out: $big, from: x}",
        "linear: {name: b, out: $big * 1000}"),
      """
      m.yaml:6:5: the size of [1000000000000000, 1000000000000] is beyond 2^63
          6 |   - linear: {name: b, out: $big * 1000}
            |     ^~~~~~ big = 1000000000000 (set at line 2)
        fix: choose smaller sizes
      """),
    Refusal(
      "More parameters than can be counted",
      steps(
        "linear: {name: a, out: $big * 100, from: x}",
        "linear: {name: b, out: 100}"),
      """
      m.yaml:6:5: the model has more than 9007199254740992 parameter entries
          6 |   - linear: {name: b, out: 100}
            |     ^~~~~~
        fix: choose smaller sizes
      """),
    Refusal(
      "A flag that is none",
      steps(
        "linear: {name: a, out: 2, bias: maybe, from: x}"),
      """
      m.yaml:5:37: expected true or false, found 'maybe'
          5 |   - linear: {name: a, out: 2, bias: maybe, from: x}
            |                                     ^~~~~
        fix: write true or false
      """),
    Refusal(
      "A rate beyond one",
      steps(
        "dropout: {rate: 1.5, from: x}"),
      """
      m.yaml:5:21: a rate of 1.5 is no probability below 1
          5 |   - dropout: {rate: 1.5, from: x}
            |                     ^~~
        fix: choose a rate from 0 up to but not including 1
      """),
    Refusal(
      "A word that is none of those known",
      steps(
        "gelu: {approximate: tahn, from: x}"),
      """
      m.yaml:5:25: 'tahn' is not one of none, tanh, sigmoid
          5 |   - gelu: {approximate: tahn, from: x}
            |                         ^~~~
        fix: did you mean 'tanh'?
      """),
  ]

  @Test("A value that cannot be says where it comes from", arguments: refusals)
  func refuses(refusal: Refusal) {
    #expect(refusal.found == refusal.prints)
  }
}
