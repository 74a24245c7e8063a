import PeftBasics

extension Graph {
  private static let logits = "logits"

  /// The input that takes the tokens that are continued: the decoder's, where there is an encoder.
  private var decodedInput: Input? {
    inputs.first { $0.name == "decoder_input_ids" } ?? inputs.first { $0.name == "input_ids" }
  }

  /// Whether prompts go to an encoder of their own.
  package var hasEncoder: Bool { inputs.contains { $0.name == "decoder_input_ids" } }

  /// What decoding takes from the encoder: the same for all tokens of an answer. Its outputs are keys and values of
  /// `DecodingGraph.kept`.
  /// - Throws: `NoGeneration`.
  package func encoding() throws -> Graph {
    var copy = self
    copy.outputs = try decodingValues().kept.enumerated().map { number, value in
      Output(name: "kept.\(number)", value: value)
    }
    return copy
  }

  /// This graph for tokens that follow others, of which it keeps keys and values.
  ///
  /// Every row has the places from 0 on, and no padding: a shorter prompt is followed by its answer at once. So
  /// nothing is masked, and a row's logits do not depend on the others.
  /// - Parameter encoded: The shapes of what the encoder leaves, and of its masks by their names.
  /// - Throws: `NoGeneration` where the model cannot generate.
  package func decoding(
    _ sizes: DecodingSizes, encoded: [String: [Int]] = [:]
  ) throws -> DecodingGraph {
    let found = try decodingValues()
    var copy = Graph(name: name, origin: origin)
    var builder = DecodingBuilder(sizes: sizes, translated: copy.takeOver(self))
    let tokens = copy.addInput(
      DecodingGraph.newTokens, type: ValueType(Shape([sizes.rows, sizes.tokens]), .index))
    builder.starts = copy.addInput(
      DecodingGraph.starts, type: ValueType(Shape([sizes.rows]), .index))
    let last = copy.addInput(DecodingGraph.last, type: ValueType(Shape([sizes.rows]), .index))
    builder.translated[found.tokens.index] = tokens
    var kept: [(output: String, parameter: Parameter.ID)] = []
    for (number, value) in found.kept.enumerated() {
      let output = "kept.\(number)"
      let id = try builder.addParameter(
        "decoding.\(output)", shape: encoded[output] ?? [], element: sizes.element, to: &copy)
      builder.translated[value.index] = id.value
      kept.append((output, id.parameter))
    }
    for input in found.masks {
      guard let shape = encoded[input.name] else { continue }
      builder.translated[input.value.index] = copy.addInput(
        "encoded \(input.name)", type: ValueType(Shape(shape), self[input.value].type.element))
    }
    for node in nodes
    where node.results.contains(where: { found.needed.contains($0) })
      && !node.results.contains(where: found.kept.contains)
    {
      try builder.add(node, isDecoded: found.decoded, to: &copy)
    }
    guard let logits = builder.translated[found.logits.index] else {
      throw GraphError.undefinedOutput(Self.logits)
    }
    let wanted =
      sizes.tokens == 1
      ? try copy.apply(TakeToken(.at(0)), to: [logits])
      : try copy.apply(TakeToken(.given), to: [logits, last])
    copy.addOutput(Self.logits, wanted[0])
    return DecodingGraph(graph: copy, caches: builder.caches, kept: kept)
  }

  private struct DecodingValues {
    let tokens: Value.ID
    let logits: Value.ID
    /// Values that depend on the tokens.
    let decoded: Set<Value.ID>
    /// Values that these read, and which depend on other inputs alone; in the order of the graph.
    let kept: [Value.ID]
    /// Inputs that these read besides.
    let masks: [Input]
    /// Values that are computed in decoding.
    let needed: Set<Value.ID>
  }

  private func decodingValues() throws(NoGeneration) -> DecodingValues {
    guard let logits = outputs.first(where: { $0.name == Self.logits })?.value else {
      throw .noLogits(known: outputs.map(\.name))
    }
    guard let tokens = decodedInput?.value else { throw .noTokens(known: inputs.map(\.name)) }
    let decoded = values(dependingOn: [tokens])
    guard decoded.contains(logits) else { throw .noTokens(known: inputs.map(\.name)) }
    let others = values(dependingOn: inputs.map(\.value)).subtracting(decoded)
    let isInput = Set(inputs.map(\.value))
    var (needed, kept): (Set<Value.ID>, Set<Value.ID>) = ([logits], [])
    for node in nodes.reversed() where node.results.contains(where: needed.contains) {
      let isDecoded = node.results.contains(where: decoded.contains)
      for operand in operandsRead(by: node, decoded: decoded) {
        if isDecoded, others.contains(operand), !isInput.contains(operand) {
          kept.insert(operand)
        } else {
          needed.insert(operand)
        }
      }
    }
    return DecodingValues(
      tokens: tokens, logits: logits, decoded: decoded,
      kept: kept.sorted { $0.index < $1.index },
      masks: inputs.filter { needed.contains($0.value) && $0.value != tokens }, needed: needed)
  }

  /// What a node reads when tokens are decoded: no mask of them.
  private func operandsRead(by node: Node, decoded: Set<Value.ID>) -> [Value.ID] {
    switch node.operation {
    case let attention as Attention
    where attention.hasMask && decoded.contains(node.operands[1]):
      node.operands.indices.filter { $0 != 3 }.map { node.operands[$0] }
    case is Positions: [node.operands[0]]
    default: node.operands
    }
  }

  private func values(dependingOn sources: [Value.ID]) -> Set<Value.ID> {
    var found = Set(sources)
    for node in nodes where node.operands.contains(where: found.contains) {
      found.formUnion(node.results)
    }
    return found
  }
}

/// A graph for decoding in the making.
private struct DecodingBuilder {
  let sizes: DecodingSizes
  var translated: [Value.ID?]
  var starts: Value.ID?
  private(set) var caches: [Parameter.ID] = []

  init(sizes: DecodingSizes, translated: [Value.ID?]) {
    (self.sizes, self.translated) = (sizes, translated)
  }

  mutating func addParameter(
    _ name: String, shape: [Int], element: ElementType, to graph: inout Graph
  ) throws -> (parameter: Parameter.ID, value: Value.ID) {
    let value = try graph.addParameter(Parameter(name: name, shape: shape, element: element))
    guard let id = graph.parameter(readBy: value) else {
      throw GraphError.duplicateParameter(name)
    }
    return (id, value)
  }

  /// Adds what computes a node for tokens that follow others.
  mutating func add(
    _ node: Node, isDecoded: Set<Value.ID>, to graph: inout Graph
  ) throws {
    let operands = node.operands.map { translated[$0.index] }
    func known(_ indices: [Int]) throws -> [Value.ID] {
      try indices.map { index in
        guard let value = operands[index] else {
          throw NoGeneration.mixesTokens(operation: node.operation.name, module: node.module)
        }
        return value
      }
    }
    let results: [Value.ID]
    switch node.operation {
    case let attention as Attention where isDecoded.contains(node.operands[1]):
      guard attention.isCausal else { throw NoGeneration.attendsBothWays(module: node.module) }
      var read = try known([0, 1, 2])
      for index in [1, 2] { read[index] = try cached(read[index], of: node.module, in: &graph) }
      if attention.hasBias { read += try known([node.operands.count - 1]) }
      results = try place(attention, reading: read, node.module, in: &graph)
    case let positions as Positions where isDecoded.contains(node.operands[0]):
      guard positions.padding == nil else {
        throw NoGeneration.mixesTokens(operation: positions.name, module: node.module)
      }
      results = try place(positions, reading: known([0]), node.module, in: &graph)
    case let bias as RelativePositionBias where isDecoded.contains(node.operands[1]):
      results = try place(bias, reading: known([0, 1]), node.module, in: &graph)
    case let rotary as Rotary where isDecoded.contains(node.operands[0]):
      results = try place(rotary, reading: known([0]), node.module, in: &graph)
    default:
      let read = try known(Array(node.operands.indices))
      let decoded = node.operands.indices.filter { isDecoded.contains(node.operands[$0]) }
      guard node.keepsTokensApart(decoded, read.map { graph[$0].type }) else {
        throw NoGeneration.mixesTokens(operation: node.operation.name, module: node.module)
      }
      results = try graph.apply(node.operation, to: read, in: node.module)
    }
    for (old, new) in zip(node.results, results) { translated[old.index] = new }
  }

  private func place(
    _ operation: some PlacedOperator, reading operands: [Value.ID], _ module: String,
    in graph: inout Graph
  ) throws -> [Value.ID] {
    try graph.apply(
      operation.placed(in: sizes.length), to: operands + [starts].compactMap { $0 },
      in: module)
  }

  /// The keys or values of all tokens so far.
  private mutating func cached(
    _ new: Value.ID, of module: String, in graph: inout Graph
  ) throws -> Value.ID {
    let width = graph[new].type.shape.last?.size ?? 0
    let cache = try addParameter(
      "decoding.cache.\(caches.count)", shape: [sizes.rows, sizes.length, width],
      element: sizes.element, to: &graph)
    caches.append(cache.parameter)
    return try graph.apply(
      AppendToCache(sizes.element), to: [cache.value, new] + [starts].compactMap { $0 }, in: module
    )[0]
  }
}

extension Graph.Node {
  /// Whether each token's results depend on that token alone.
  /// - Parameters:
  ///   - decoded: The operands that depend on tokens.
  ///   - types: Those of the operands.
  fileprivate func keepsTokensApart(_ decoded: [Int], _ types: [ValueType]) -> Bool {
    switch operation {
    case _ where decoded.isEmpty: true
    case is Embedding: decoded == [0]
    case is Split, is StopGradient, is Convert: true
    case let slice as Slice: slice.axis == types[0].shape.rank - 1
    case let concatenate as Concatenate: concatenate.axis == types[0].shape.rank - 1
    case let attention as Attention:
      decoded == [0] && !attention.isCausal && attention.window == nil
    case let operation as any PositionwiseOperator:
      operation.positionwiseOperands(of: types).map { Set(decoded).isSubset(of: $0) } ?? false
    default: false
    }
  }
}
