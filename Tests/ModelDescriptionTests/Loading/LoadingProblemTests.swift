import Foundation
import ModelGraph
import Testing

@testable import ModelDescription

/// A description with these steps, from line 4 on.
private func description(_ graph: String, dimensions: String = "{}") -> String {
  """
  name: m
  dimensions: \(dimensions)
  inputs: {x: {type: numbers, shape: [batch, 8]}, t: {type: tokens, shape: [batch, sequence]}}
  \(graph)
  outputs: {y: previous}
  """
}

/// What loading a text prints.
private func refusal(of text: String, setting settings: [(String, String)] = []) -> String {
  printed { _ = try ModelDescription(text: text, path: "m.yaml", setting: settings).graph() }
}

@Suite("Problems of steps") struct StepProblemTests {
  static let single: [(String, String)] = [
    (
      "graph: [linaer: {name: a, out: 2}]",
      """
      m.yaml:4:9: error: no operator is called 'linaer'
          4 | graph: [linaer: {name: a, out: 2}]
            |         ^~~~~~
        fix: did you mean 'linear'?
      """
    ),
    (
      "graph: [linear: {name: a, outs: 2, out: 2}]",
      """
      m.yaml:4:27: error: linear has no attribute 'outs'
          4 | graph: [linear: {name: a, outs: 2, out: 2}]
            |                           ^~~~
        fix: did you mean 'out'?
      """
    ),
    (
      "graph: [linear: {name: a, out: $widht}]",
      """
      m.yaml:4:32: error: no dimension is called 'widht'
          4 | graph: [linear: {name: a, out: $widht}]
            |                                ^~~~~~
        fix: did you mean '$width'?
      """
    ),
    (
      "graph: [linear: {name: a}]",
      """
      m.yaml:4:9: error: linear needs 'out': Width of the result.
          4 | graph: [linear: {name: a}]
            |         ^~~~~~
        fix: add 'out: …'
      """
    ),
    (
      "graph: [linear: {out: 2}]",
      """
      m.yaml:4:9: error: linear needs 'name': Path of the module inside the enclosing scope; $name is \
      replaced.
          4 | graph: [linear: {out: 2}]
            |         ^~~~~~
        fix: add 'name: …'
      """
    ),
    (
      "graph: [linear: {name: a, out: 2, from: z}]",
      """
      m.yaml:4:41: error: no value is called 'z' here
          4 | graph: [linear: {name: a, out: 2, from: z}]
            |                                         ^
        fix: known here: t, x, previous
      """
    ),
    (
      "graph: [linear: {name: a, out: 2}]",
      """
      m.yaml:4:9: error: linear has nothing before it to read
          4 | graph: [linear: {name: a, out: 2}]
            |         ^~~~~~
        fix: name what it reads: 'from: input_ids'
      """
    ),
    (
      "graph: [linear: {name: a, out: 2, from: t}]",
      """
      m.yaml:4:41: error: the last axis of [batch, sequence] must be a known size
          4 | graph: [linear: {name: a, out: 2, from: t}]
            |                                         ^
        fix: only batch and sequence can be left open
      """
    ),
    (
      "graph: [split: {parts: 2, to: [a, b, c], from: x}, relu: {from: a}]",
      """
      m.yaml:4:9: error: a step has one operator, not 2: split, relu
      """
    ),
  ]
}
