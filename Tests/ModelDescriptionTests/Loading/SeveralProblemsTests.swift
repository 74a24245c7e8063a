import Testing

@Suite("Several problems") struct SeveralProblemsTests {
  static let refusals: [Refusal] = [
    Refusal(
      "Independent mistakes together",
      steps(
        "linaer: {name: a, out: 2, from: x}",
        "linear: {name: b, outs: 2, from: x}",
        "relu: {form: x}"),
      """
      m.yaml:5:5: no operator is called 'linaer'
          5 |   - linaer: {name: a, out: 2, from: x}
            |     ^~~~~~
        fix: did you mean 'linear'?
      m.yaml:6:23: linear has no attribute 'outs'
          6 |   - linear: {name: b, outs: 2, from: x}
            |                       ^~~~
        fix: did you mean 'out'?
      m.yaml:7:12: relu has no attribute 'form'
          7 |   - relu: {form: x}
            |            ^~~~
        fix: did you mean 'from'?
      """),
    Refusal(
      "Mistakes found in building, without those that follow",
      steps(
        "linear: {name: a, out: $widht, from: x, to: p}",
        "linear: {name: b, out: 3, from: p, to: q}",
        "relu",
        "add: {from: [p, q, x]}",
        "linear: {name: c, out: 3, from: zz}"),
      """
      m.yaml:5:28: no dimension is called 'widht'
          5 |   - linear: {name: a, out: $widht, from: x, to: p}
            |                            ^~~~~~
        fix: did you mean '$width'?
      m.yaml:9:37: no value is called 'zz' here
          9 |   - linear: {name: c, out: 3, from: zz}
            |                                     ^~
        fix: known here: h, p, q, t, x, previous
      """),
    Refusal(
      "A mistake in a repeated step once",
      steps(
        "repeat: {name: l, count: 50, from: h, graph: [attention: {heads: $heads, from: [h, h, h]}, relu]}"
      ),
      """
      m.yaml:5:70: attention: 3 heads do not divide width 8
          5 | … - repeat: {name: l, count: 50, from: h, graph: [attention: {heads: $heads, \
      from: [h, h, h]}, relu]}
            |                                                                      ^~~~~~ heads \
      = 3 (set at line 2)
        fix: choose a divisor of 8
      """),
  ]

  @Test(
    "Independent problems are reported together, and nothing that follows from them",
    arguments: refusals)
  func refuses(refusal: Refusal) {
    #expect(refusal.found == refusal.prints)
  }
}
