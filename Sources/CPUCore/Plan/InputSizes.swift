import ModelGraph
import PeftBasics

/// The sizes that a graph's symbols have for inputs of given shapes.
struct InputSizes {
  private(set) var sizes: [String: Int] = [:]
  private var sources: [String: String] = [:]

  /// - Throws: `ProgramError` where a shape does not fit its input, or two inputs disagree.
  init(_ graph: Graph, needed: Set<Value.ID>, shapes: [String: [Int]]) throws(ProgramError) {
    let missing = graph.inputs.filter {
      needed.contains($0.value) && !$0.isOptional && shapes[$0.name] == nil
    }
    guard missing.isEmpty else {
      throw ProgramError(.missingInputs(missing.map(\.name), given: shapes.keys.sorted()))
    }
    for input in graph.inputs where needed.contains(input.value) {
      if let shape = shapes[input.name] { try read(shape, of: input, in: graph) }
    }
    try follow(graph, needed: needed)
  }

  private mutating func read(
    _ shape: [Int], of input: Graph.Input, in graph: Graph
  ) throws(ProgramError) {
    let expected = graph[input.value].type.shape
    guard shape.count == expected.rank else {
      throw ProgramError(.shape(input: input.name, found: shape, expected: expected))
    }
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw ProgramError(.emptyInput(input.name, shape: shape))
    }
    for (size, dimension) in zip(shape, expected.dimensions) {
      switch dimension {
      case .size(size): break
      case .size:
        throw ProgramError(.shape(input: input.name, found: shape, expected: expected))
      case .symbol(let symbol):
        if let other = sizes[symbol], other != size {
          throw ProgramError(
            .disagreement(
              symbol: symbol, input: input.name, size: size,
              otherInput: sources[symbol] ?? "", otherSize: other))
        }
        sizes[symbol] = size
        sources[symbol] = input.name
      }
    }
  }

  /// Works out the sizes of axes that follow from open ones, such as the rows of a convolution's result.
  private mutating func follow(_ graph: Graph, needed: Set<Value.ID>) throws(ProgramError) {
    for node in graph.nodes where node.results.contains(where: needed.contains) {
      let shapes = node.results.map { graph[$0].type.shape }
      guard shapes.contains(where: { !isKnown($0) }) else { continue }
      var operands: [ValueType] = []
      for type in node.operands.map({ graph[$0].type }) where isKnown(type.shape) {
        operands.append(ValueType(Shape(try concrete(type.shape)), type.element))
      }
      guard operands.count == node.operands.count else { continue }
      let results: [ValueType]
      do { results = try node.operation.results(of: operands) } catch {
        throw ProgramError(.operands(module: node.module, AnyDiagnosis(error)))
      }
      for (shape, result) in zip(shapes, results) {
        for (dimension, found) in zip(shape.dimensions, result.shape.dimensions) {
          if case .symbol(let symbol) = dimension, let size = found.size { sizes[symbol] = size }
        }
      }
    }
  }

  private func isKnown(_ shape: Shape) -> Bool {
    shape.dimensions.allSatisfy { dimension in
      if case .symbol(let symbol) = dimension { sizes[symbol] != nil } else { true }
    }
  }

  /// The shape with every symbol replaced by its size.
  /// - Throws: `ProgramError.unknownSize` where no input gave one.
  func concrete(_ shape: Shape) throws(ProgramError) -> [Int] {
    var result: [Int] = []
    for dimension in shape.dimensions {
      switch dimension {
      case .size(let size): result.append(size)
      case .symbol(let symbol):
        guard let size = sizes[symbol] else { throw ProgramError(.unknownSize(symbol)) }
        result.append(size)
      }
    }
    return result
  }
}
