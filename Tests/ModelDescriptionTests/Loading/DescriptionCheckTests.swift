import ModelDescription
import PeftTestSupport
import Testing

@Suite("Checks on descriptions") struct DescriptionCheckTests {
  /// A legal description with these steps from line 5 on, and all that a check says of it.
  private func warnings(_ text: String) throws -> String {
    try ModelDescription(text: text, path: "m.yaml").checked().warnings
      .map(\.description).joined(separator: "\n")
  }

  private func warnings(of steps: String..., outputs: String = "y: previous") throws -> String {
    try warnings(
      """
      name: m
      dimensions: {width: 8}
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      graph:
      \(steps.map { "  - \($0)" }.joined(separator: "\n"))
      outputs: {\(outputs)}
      """)
  }

  @Test("A step that nothing reads is a warning, and not those that only it reads")
  func unreadStep() throws {
    let found = try warnings(
      of: "linear: {name: a, out: 4, from: x}", "relu: {to: lost}",
      "linear: {name: b, out: 4, from: x}")
    #expect(
      found == """
        m.yaml:6:5: nothing reads what this relu computes
            6 |   - relu: {to: lost}
              |     ^~~~
          fix: name it with 'to' and read it, name it under 'outputs', or remove the step
        """)
  }

  @Test("In a repeat it is one warning, and none where one turn is read")
  func repeats() throws {
    let found = try warnings(
      of:
        "repeat: {name: r, count: 3, from: x, graph: [linear: {name: a, out: 8, to: h}, tanh: {}, relu: {from: h}]}"
    )
    #expect(found.contains("m.yaml:5:84: nothing reads what this tanh computes"))
    #expect(found.matches(of: /nothing/).count == 1)
    let last = try warnings(
      of: "relu: {from: x, to: h}",
      "repeat: {name: r, count: 3, graph: [linear: {name: a, out: 8, from: h, to: k}, relu: {to: h}]}",
      outputs: "y: k")
    #expect(last == "")
  }

  @Test("An input that nothing reads is a warning, and so is a parameter")
  func unreadInput() throws {
    let found = try warnings(
      """
      name: m
      inputs:
        x: {type: numbers, shape: [batch, 8]}
        mask: {type: mask, shape: [batch, 8], optional: true}
      graph: [parameter: {name: p, shape: [3]}, relu: {from: x}]
      outputs: {y: previous}
      """)
    #expect(
      found == """
        m.yaml:4:3: nothing reads the input 'mask'
            4 |   mask: {type: mask, shape: [batch, 8], optional: true}
              |   ^~~~
          fix: name it under a step's 'from', or remove it
        m.yaml:5:9: nothing reads the parameter 'p'
            5 | graph: [parameter: {name: p, shape: [3]}, relu: {from: x}]
              |         ^~~~~~~~~
          fix: read it, or remove the step
        """)
  }

  @Test("A misspelled argument is a warning that says which one its steps read")
  func unreadArgument() throws {
    let found = try warnings(
      """
      name: m
      dimensions: {width: 8}
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      blocks:
        part: {inputs: [a], arguments: {widht: 3}, graph: [linear: {name: fc, out: $width, from: a}]}
        other: {inputs: [a], graph: [relu: {from: a}]}
      graph: [part: {from: x}]
      outputs: {y: previous}
      """)
    #expect(
      found == """
        m.yaml:5:35: no step of block 'part' reads the argument 'widht'
            5 |   part: {inputs: [a], arguments: {widht: 3}, graph: [linear: {name: fc, out: $width, from: a}]}
              |                                   ^~~~~
          fix: did you mean 'width', which its steps read?
        m.yaml:6:3: no step uses the block 'other'
            6 |   other: {inputs: [a], graph: [relu: {from: a}]}
              |   ^~~~~
          fix: use it as a step, or remove it
        """)
  }

  @Test("Bundled descriptions have no such mistakes", arguments: BundledModels.names)
  func bundled(name: String) throws {
    let checked = try ModelDescription(name).checked()
    // transformers has this token, and a model that is not trained with masks reads it nowhere.
    let unread =
      name.hasPrefix("dinov2") ? ["nothing reads the parameter 'embeddings.mask_token'"] : []
    #expect(checked.warnings.map(\.problem) == unread)
    #expect(checked.summary.hasPrefix("\(name): no mistakes; "))
  }

  static let refusals: [Refusal] = [
    Refusal(
      "An expression that YAML splits at its comma",
      steps("linear: {name: a, out: max($width, 3), from: x}"),
      """
      m.yaml:5:28: a ',' inside {…} or […] ends a value: this is read as 'max($width' and '3)'
          5 |   - linear: {name: a, out: max($width, 3), from: x}
            |                            ^~~~~~~~~~
        fix: put quotes around it: out: "max($width, 3)"
      """),
    Refusal(
      "One with two commas",
      steps(
        "linear: {name: a, out: 'if(true, 4, 5)', from: x}", "scale: {by: if(true, $width, $heads)}"
      ),
      """
      m.yaml:6:17: a ',' inside {…} or […] ends a value: this is read as 'if(true' and '$width' and '$heads)'
          6 |   - scale: {by: if(true, $width, $heads)}
            |                 ^~~~~~~
        fix: put quotes around it: by: "if(true, $width, $heads)"
      """),
    Refusal(
      "One with a number between its commas",
      steps("linear: {name: a, out: if($zero == 0, 1, 2), from: x}"),
      """
      m.yaml:5:28: a ',' inside {…} or […] ends a value: this is read as 'if($zero == 0' and '1'
          5 |   - linear: {name: a, out: if($zero == 0, 1, 2), from: x}
            |                            ^~~~~~~~~~~~~
        fix: put quotes around it: out: "if($zero == 0, 1, …)"
      """),
    Refusal(
      "One in a list",
      steps("reshape: {shape: [2, min($width, 4)], from: x}"),
      """
      m.yaml:5:26: a ',' inside {…} or […] ends a value: this is read as 'min($width' and '4)'
          5 |   - reshape: {shape: [2, min($width, 4)], from: x}
            |                          ^~~~~~~~~~
        fix: put quotes around it: "min($width, 4)"
      """),
    Refusal(
      "A key that no output has",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      graph: [relu: {from: x}]
      outputs: {y: {form: previous}}
      """,
      """
      m.yaml:4:15: an output has no attribute 'form'
          4 | outputs: {y: {form: previous}}
            |               ^~~~
        fix: did you mean 'from'?
      """),
    Refusal(
      "Arguments that are no mapping",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      blocks: {a: {arguments: [width], inputs: [x], graph: [relu: {from: x}]}}
      graph: [a: {from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:3:25: arguments is a mapping of names to defaults, such as {width: 8}, not a list
          3 | blocks: {a: {arguments: [width], inputs: [x], graph: [relu: {from: x}]}}
            |                         ^~~~~~~
        fix: write a mapping of names to defaults, such as {width: 8}
      """),
    Refusal(
      "An argument with the name of an attribute",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      blocks: {a: {arguments: {to: 3}, inputs: [x], graph: [relu: {from: x}]}}
      graph: [a: {from: x}]
      outputs: {y: previous}
      """,
      """
      m.yaml:3:26: an argument cannot be called 'to': every step has an attribute of that name
          3 | blocks: {a: {arguments: {to: 3}, inputs: [x], graph: [relu: {from: x}]}}
            |                          ^~
        fix: choose another name
      """),
    Refusal(
      "A misspelled argument of a block",
      """
      name: m
      inputs: {x: {type: numbers, shape: [batch, 8]}}
      blocks: {a: {arguments: {width: 3}, inputs: [x], graph: [linear: {name: f, out: $width, from: x}]}}
      graph: [a: {from: x, widht: 4}]
      outputs: {y: previous}
      """,
      """
      m.yaml:4:22: a has no attribute 'widht'
          4 | graph: [a: {from: x, widht: 4}]
            |                      ^~~~~
        fix: did you mean 'width'?
      """),
  ]

  @Test(
    "Each mistake is one message, with its place and a way to put it right", arguments: refusals)
  func refused(_ refusal: Refusal) {
    #expect(refusal.found == refusal.prints)
  }
}
