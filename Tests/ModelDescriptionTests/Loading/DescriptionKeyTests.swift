import Testing

@Suite("The keys of descriptions") struct DescriptionKeyTests {
  static let refusals: [Refusal] = [
    Refusal(
      "An unknown key",
      """
      name: m
      grahp: 3
      """,
      """
      m.yaml:2:1: a description has no key 'grahp'
          2 | grahp: 3
            | ^~~~~
        fix: did you mean 'graph'?
      """),
    Refusal(
      "No graph",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      outputs: {y: previous}
      """,
      """
      m.yaml:1:1: the description has no 'graph'
          1 | name: m
            | ^~~~~~~
        fix: add 'graph: …'
      """),
    Refusal(
      "No inputs",
      """
      name: m
      graph: []
      outputs: {y: previous}
      """,
      """
      m.yaml:1:1: the description has no 'inputs'
          1 | name: m
            | ^~~~~~~
        fix: add 'inputs: …'
      """),
    Refusal(
      "No outputs",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      graph: [relu: {from: x}]
      """,
      """
      m.yaml:1:1: the description has no 'outputs'
          1 | name: m
            | ^~~~~~~
        fix: add 'outputs: …'
      """),
    Refusal(
      "No name",
      """
      graph: []
      """,
      """
      m.yaml:1:1: the description has no 'name'
          1 | graph: []
            | ^~~~~~~~~
        fix: add 'name: …'
      """),
    Refusal(
      "A list instead of a mapping",
      """
      - name: m
      """,
      """
      m.yaml:1:1: a description is a mapping of keys, not a list
          1 | - name: m
            | ^~~~~~~~~
        fix: start with 'name: …' and 'graph: …'
      """),
    Refusal(
      "A name that is none",
      """
      name: [m]
      """,
      """
      m.yaml:1:7: name is text, not a list
          1 | name: [m]
            |       ^~~
        fix: write text
      """),
    Refusal(
      "A description that extends one outside",
      """
      extends: ../m.yaml
      name: m
      """,
      """
      m.yaml:1:10: '../m.yaml' lies outside the description's folder
          1 | extends: ../m.yaml
            |          ^~~~~~~~~
        fix: extend a file in the same folder or below, or a bundled model
      """),
    Refusal(
      "Extends that is no name",
      """
      extends: [gpt2]
      name: m
      """,
      """
      m.yaml:1:10: extends is a file's name, not a list
          1 | extends: [gpt2]
            |          ^~~~~~
        fix: write a file's name
      """),
    Refusal(
      "An output embedding that nobody makes",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      graph: [relu: {from: x}]
      output_embedding: lm_head
      outputs: {y: previous}
      """,
      """
      m.yaml:4:19: no step makes module 'lm_head'
          4 | output_embedding: lm_head
            |                   ^~~~~~~
        fix: correct the path, or give its kind: '- {path: Dropout}'
      """),
    Refusal(
      "A list of modules that is none",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      modules: 3
      graph: [relu: {name: a, from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:3:10: no step makes module '3'
          3 | modules: 3
            |          ^
        fix: correct the path, or give its kind: '- {path: Dropout}'
      """),
    Refusal(
      "A module of a kind that is none",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      modules: [a: [b]]
      graph: [relu: {name: a, from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:3:11: expected a path, or {path: Kind}, found a mapping
          3 | modules: [a: [b]]
            |           ^~~~~~
        fix: write a path, or {path: Kind}
      """),
    Refusal(
      "Dimensions that are no mapping",
      """
      name: m
      dimensions: [width]
      """,
      """
      m.yaml:2:13: dimensions is a mapping of names, not a list
          2 | dimensions: [width]
            |             ^~~~~~~
        fix: write a mapping of names
      """),
    Refusal(
      "A dimension that is a fraction",
      """
      name: m
      dimensions: {width: 7 / 2}
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      graph: [linear: {name: a, out: $width, from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:4:32: $width = 3.5 is not a whole number
          4 | graph: [linear: {name: a, out: $width, from: x}]
            |                                ^~~~~~ width = 3.5 (set at line 2)
        fix: choose numbers that divide, or round with '//', floor() or ceil()
      """),
    Refusal(
      "A dimension that divides by zero",
      """
      name: m
      dimensions: {zero: 0, width: 8 // $zero}
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      graph: [linear: {name: a, out: $width, from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:2:30: 8 // 0 divides by zero
          2 | dimensions: {zero: 0, width: 8 // $zero}
            |                              ^~~~~~~~~~
        fix: choose a divisor other than 0
      """),
    Refusal(
      "Dimensions defined by each other",
      """
      name: m
      dimensions: {a: $b, b: $a}
      """,
      """
      m.yaml:2:17: these dimensions are defined by each other: a → b → a
          2 | dimensions: {a: $b, b: $a}
            |                 ^~
        fix: give one of them a value of its own
      """),
    Refusal(
      "A dimension that is a list",
      """
      name: m
      dimensions: {width: [1]}
      """,
      """
      m.yaml:2:21: the dimension 'width' is a list; a number, true or false, or text is \
      expected
          2 | dimensions: {width: [1]}
            |                     ^~~
        fix: write one value, or an expression such as '3 * $width'
      """),
    Refusal(
      "A model type that is a list",
      """
      name: m
      model_type: [gpt2]
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      graph: [relu: {from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:2:13: model_type is text, not a list
          2 | model_type: [gpt2]
            |             ^~~~~~
        fix: write text
      """),
    Refusal(
      "Graph that is empty",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      graph: []
      outputs: {y: previous}
      """,
      """
      m.yaml:4:14: output 'y' has nothing before it to read
          4 | outputs: {y: previous}
            |              ^~~~~~~~
        fix: name what it reads: 'from: input_ids'
      """),
  ]

  @Test("A key with the wrong content says what it wants", arguments: refusals)
  func refuses(refusal: Refusal) {
    #expect(refusal.found == refusal.prints)
  }
}
