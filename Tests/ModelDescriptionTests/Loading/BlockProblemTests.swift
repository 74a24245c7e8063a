import Testing

@Suite("The blocks of descriptions") struct BlockProblemTests {
  static let refusals: [Refusal] = [
    Refusal(
      "A block that uses itself",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      blocks: {a: {graph: [b: {}]}, b: {graph: [a: {}]}}
      graph: [a: {from: []}]
      outputs: {y: previous}
      """,
      """
      m.yaml:3:43: block 'a' uses itself: a → b → a
          3 | blocks: {a: {graph: [b: {}]}, b: {graph: [a: {}]}}
            |                                           ^
        fix: let blocks use only other blocks
      """),
    Refusal(
      "A block without steps",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      blocks: {a: {inputs: [x]}}
      graph: [a: {from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:3:10: a needs 'graph': its steps
          3 | blocks: {a: {inputs: [x]}}
            |          ^
        fix: add 'graph: …'
      """),
    Refusal(
      "A block that is no mapping",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      blocks: {a: 3}
      graph: [a: {from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:3:10: a needs 'graph': its steps
          3 | blocks: {a: 3}
            |          ^
        fix: add 'graph: …'
      """),
    Refusal(
      "Blocks that are no mapping",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      blocks: [a]
      graph: [relu: {from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:3:9: blocks is a mapping of names, not a list
          3 | blocks: [a]
            |         ^~~
        fix: write a mapping of names
      """),
    Refusal(
      "A block called like an operator",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      blocks: {relu: {inputs: [x], graph: [tanh: {}]}}
      graph: [relu: {from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:3:10: a block cannot be called 'relu': an operator is
          3 | blocks: {relu: {inputs: [x], graph: [tanh: {}]}}
            |          ^~~~
        fix: choose another name
      """),
    Refusal(
      "A block without an argument it needs",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      blocks: {a: {arguments: {size: null}, inputs: [x], graph: [linear: {name: l, out: $size}]}}
      graph: [a: {from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:4:9: a needs 'size': an argument without a default
          4 | graph: [a: {from: x}]
            |         ^
        fix: add 'size: …'
      """),
    Refusal(
      "A block with too many values",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      blocks: {a: {inputs: [x], graph: [relu: {}]}}
      graph: [a: {from: [x, x]}]
      outputs: {y: previous}
      """,
      """
      m.yaml:4:19: a reads 1 value, not 2
          4 | graph: [a: {from: [x, x]}]
            |                   ^~~~~~
        fix: name one of them: 'from: q'
      """),
    Refusal(
      "Steps of a block that are no list",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      blocks: {a: {inputs: [x], graph: relu}}
      graph: [a: {from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:3:34: expected a list of steps, found text
          3 | blocks: {a: {inputs: [x], graph: relu}}
            |                                  ^~~~
        fix: write a list of steps
      """),
  ]

  @Test("A block that cannot be used says why", arguments: refusals)
  func refuses(refusal: Refusal) {
    #expect(refusal.found == refusal.prints)
  }
}
