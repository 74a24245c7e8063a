import OrderedCollections
import PeftBasics

extension Graph {
  /// The graph as JSON text: the fields of `GraphDocument`, keys sorted, the same text every time.
  public func json() -> String { GraphDocument(self).json.text(.report) }
}

extension GraphDocument {
  /// What is nil is left out.
  fileprivate var json: JSONValue {
    var members: OrderedDictionary<String, JSONValue> = [
      "name": .text(name), "inputs": .list(inputs.map(\.json)),
      "outputs": .list(outputs.map { ["name": .text($0.name), "value": .integer($0.value)] }),
      "modules": .list(modules.map { ["path": .text($0.path), "kind": .text($0.kind)] }),
      "parameters": .list(parameters.map(\.json)),
      "operations": .list(operations.map(\.json)),
    ]
    if let modelType { members["modelType"] = .text(modelType) }
    return .map(members)
  }
}

extension GraphDocument.Input {
  fileprivate var json: JSONValue {
    [
      "name": .text(name), "value": .integer(value), "element": .text(element),
      "shape": shape.json, "optional": .bool(optional),
    ]
  }
}

extension GraphDocument.Parameter {
  fileprivate var json: JSONValue {
    var members: OrderedDictionary<String, JSONValue> = [
      "name": .text(name), "value": .integer(value), "shape": .list(shape.map { .integer($0) }),
      "element": .text(element), "role": .text(role.rawValue), "count": .integer(count),
      "sharedAs": .list(sharedAs.map { .text($0) }),
    ]
    if let adapter { members["adapter"] = .text(adapter) }
    return .map(members)
  }
}

extension GraphDocument.Operation {
  fileprivate var json: JSONValue {
    [
      "operator": .text(`operator`), "module": .text(module),
      "attributes": .map(
        OrderedDictionary(uniqueKeysWithValues: attributes.map { ($0.key, .text($0.value)) })),
      "operands": .list(operands.map { .integer($0) }),
      "results": .list(
        results.map {
          ["value": .integer($0.value), "element": .text($0.element), "shape": $0.shape.json]
        }),
    ]
  }
}

extension Shape {
  fileprivate var json: JSONValue {
    .list(
      dimensions.map {
        switch $0 {
        case .size(let size): .integer(size)
        case .symbol(let name): .text(name)
        }
      })
  }
}
