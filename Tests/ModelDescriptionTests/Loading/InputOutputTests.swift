import Testing

@Suite("Inputs and outputs") struct InputOutputTests {
  static let refusals: [Refusal] = [
    Refusal(
      "An unknown type of input",
      """
      name: m
      inputs: {x: {type: token, shape: [batch]}}
      graph: [relu: {from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:2:20: 'token' is not a type of input
          2 | inputs: {x: {type: token, shape: [batch]}}
            |                    ^~~~~
        fix: did you mean 'tokens'?
      """),
    Refusal(
      "An input without a shape",
      """
      name: m
      inputs: {x: tokens}
      graph: [relu: {from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:2:13: an input is {type: tokens, shape: [batch, sequence]}, not text
          2 | inputs: {x: tokens}
            |             ^~~~~~
        fix: write {type: tokens, shape: [batch, sequence]}
      """),
    Refusal(
      "An input with an attribute nobody knows",
      """
      name: m
      inputs: {x: {type: tokens, shape: [batch], option: true}}
      graph: [relu: {from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:2:44: an input has no attribute 'option'
          2 | inputs: {x: {type: tokens, shape: [batch], option: true}}
            |                                            ^~~~~~
        fix: did you mean 'optional'?
      """),
    Refusal(
      "Inputs that are no mapping",
      """
      name: m
      inputs: [x]
      graph: [relu: {from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:2:9: inputs is a mapping of names, not a list
          2 | inputs: [x]
            |         ^~~
        fix: write a mapping of names
      """),
    Refusal(
      "An output that nobody made",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      graph: [relu: {from: x, to: z}]
      outputs: {y: zz}
      """,
      """
      m.yaml:4:14: no value is called 'zz' here
          4 | outputs: {y: zz}
            |              ^~
        fix: did you mean 'z'?
      """),
    Refusal(
      "Outputs that are no mapping",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      graph: [relu: {from: x}]
      outputs: [previous]
      """,
      """
      m.yaml:4:10: outputs is a mapping of names to values, not a list
          4 | outputs: [previous]
            |          ^~~~~~~~~~
        fix: write a mapping of names to values
      """),
    Refusal(
      "No outputs at all in the mapping",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      graph: [relu: {from: x}]
      outputs: {}
      """,
      """
      m.yaml:4:10: outputs is a mapping of names to values, not an empty one
          4 | outputs: {}
            |          ^~
        fix: write a mapping of names to values
      """),
    Refusal(
      "An input that lacks its shape",
      """
      name: m
      inputs: {x: {type: tokens}}
      graph: [relu: {from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:2:10: an input needs 'shape': a list such as [batch, sequence]
          2 | inputs: {x: {type: tokens}}
            |          ^
        fix: add 'shape: …'
      """),
    Refusal(
      "A shape that is no list",
      """
      name: m
      inputs: {x: {type: tokens, shape: 3}}
      graph: [relu: {from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:2:35: expected a list such as [batch, sequence], found a whole number
          2 | inputs: {x: {type: tokens, shape: 3}}
            |                                   ^
        fix: write a list such as [batch, sequence]
      """),
    Refusal(
      "A size of an input that is none",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, a-b]}}
      graph: [relu: {from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:2:44: 'a-b' is neither a size nor a name for one
          2 | inputs: {x: {type: numbers, shape: [batch, a-b]}}
            |                                            ^~~
        fix: write a whole number, $name, or a bare name such as batch
      """),
    Refusal(
      "An input called like the step before",
      """
      name: m
      inputs: {previous: {type: numbers, shape: [batch]}}
      graph: [relu]
      outputs: {y: previous}
      """,
      """
      m.yaml:2:10: 'previous' cannot be the name of a value
          2 | inputs: {previous: {type: numbers, shape: [batch]}}
            |          ^~~~~~~~
        fix: use letters, digits and '_'
      m.yaml:3:9: relu has nothing before it to read
          3 | graph: [relu]
            |         ^~~~
        fix: name what it reads: 'from: input_ids'
      """),
  ]

  @Test("An input or output that cannot be says what one is", arguments: refusals)
  func refuses(refusal: Refusal) {
    #expect(refusal.found == refusal.prints)
  }
}
