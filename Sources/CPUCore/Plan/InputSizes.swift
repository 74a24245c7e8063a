import ModelGraph

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
