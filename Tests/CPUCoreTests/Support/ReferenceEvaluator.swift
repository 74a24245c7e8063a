import ModelGraph

/// What a graph computes, in double precision and straight from each operator's definition.
struct ReferenceEvaluator {
  let graph: Graph

  /// The outputs by name.
  func outputs(
    inputs: [String: Reals], parameters: [String: Reals]
  ) throws -> [String: Reals] {
    var values: [Value.ID: Reals] = [:]
    for input in graph.inputs { values[input.value] = inputs[input.name] }
    for parameter in graph.parameters {
      guard let id = graph.parameter(named: parameter.name), let value = graph.value(of: id) else {
        continue
      }
      values[value] = parameters[parameter.name]
    }
    for node in graph.nodes {
      let operands = try node.operands.map { try known($0, in: values) }
      let types = zip(operands, node.operands).map {
        ValueType(Shape($0.shape), graph[$1].type.element)
      }
      let shapes = try node.operation.results(of: types).map {
        $0.shape.dimensions.compactMap(\.size)
      }
      guard let operation = node.operation as? any ReferenceOperator else {
        throw MissingReference(operation: node.operation.name)
      }
      for (value, result) in zip(node.results, operation.evaluate(operands, as: shapes)) {
        values[value] = result
      }
    }
    return try graph.outputs.reduce(into: [:]) { $0[$1.name] = try known($1.value, in: values) }
  }

  private func known(_ value: Value.ID, in values: [Value.ID: Reals]) throws -> Reals {
    guard let reals = values[value] else { throw MissingReference(operation: "input") }
    return reals
  }
}

struct MissingReference: Error {
  let operation: String
}

/// An operator whose definition is written down for tests.
protocol ReferenceOperator: Operator {
  /// Uses of it that show all that it can do, on small numbers of entries: kernels and gradients are
  /// compared with the definition there.
  static var samples: [OperatorSample] { get }

  /// Whether a gradient stops where the definition has a slope.
  static var stopsGradients: Bool { get }

  /// The results, which have the given shapes.
  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals]
}

extension ReferenceOperator {
  static var stopsGradients: Bool { false }
}
