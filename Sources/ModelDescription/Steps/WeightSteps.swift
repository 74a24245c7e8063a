import ModelGraph
import PeftBasics

/// A fully connected layer, weight `[out, in]`.
enum LinearStep: Step {
  static let name = "linear"
  static let summary = "A fully connected layer with a weight [out, in], as PyTorch's Linear."
  static let needsName = true

  static let out = Attribute<Int>.required("out", .whole(minimum: 1), "Width of the result.")
  static let bias = Attribute<Bool>("bias", .flag, default: true, "Whether it adds a bias.")
  static let weight = Attribute<String>(
    "weight", .text, "The name of another module's weight to use instead of its own.")
  static let biasOf = Attribute<String>(
    "bias_from", .text, "The name of another module's bias to use instead of its own.")
  static let attributes: [any AttributeDeclaration] = [out, bias, weight, biasOf]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let x = try call.input()
    let (outputs, inputs) = (try call.value(out), try call.width(of: x))
    try call.declareModule(.linear)
    var operands = [x, try call.parameter("weight", [outputs, inputs], sharedBy: weight)]
    if try call.value(bias) {
      operands.append(try call.parameter("bias", [outputs], sharedBy: biasOf))
    }
    return try call.apply(Linear(), to: operands)
  }
}

/// Rows of a learned table.
enum EmbeddingStep: Step {
  static let name = "embedding"
  static let summary = "Token embedding: a row of a learned table for each token."
  static let needsName = true

  static let count = Attribute<Int>.required("count", .whole(minimum: 1), "Number of rows.")
  static let size = Attribute<Int>.required("size", .whole(minimum: 1), "Width of a row.")
  static let weight = Attribute<String>(
    "weight", .text, "The name of another module's weight to use instead of its own.")
  static let padding = Attribute<TableRow>(
    "padding", .row,
    "The padding token's row, which is not trained; negative from the end, or none.")
  static let attributes: [any AttributeDeclaration] = [count, size, weight, padding]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let tokens = try call.input()
    try call.declareModule(.embedding)
    let count = try call.value(count)
    let table = try call.parameter("weight", [count, try call.value(size)], sharedBy: weight)
    let padding = try call.optional(padding)?.index(among: count)
    return try call.apply(Embedding(padding: padding), to: [tokens, table])
  }
}

/// Rows of a learned table, one for each position.
enum PositionsStep: Step {
  static let name = "positions"
  static let summary = "Position embedding: a row of a learned table for each position."
  static let needsName = true

  static let count = Attribute<Int>.required("count", .whole(minimum: 1), "Number of rows.")
  static let size = Attribute<Int>.required("size", .whole(minimum: 1), "Width of a row.")
  static let like = Attribute<[String]>.required(
    "like", .names, "The tokens, or the sequence of features, whose positions are counted.")
  static let offset = Attribute<Int>(
    "offset", .whole(minimum: 0), default: 0, "The row of the first position.")
  static let padding = Attribute<Int>(
    "padding", .whole(minimum: 0),
    "The padding token, and its row, which is not trained.")
  static let mask = Attribute<[String]>(
    "mask", .names, "An attention mask: 1 for tokens, 0 for padding.")
  static let attributes: [any AttributeDeclaration] = [count, size, like, offset, padding, mask]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    guard let tokens = try call.namedValue(like) else { throw AlreadyReported() }
    try call.declareModule(.embedding)
    let table = try call.parameter("weight", [try call.value(count), try call.value(size)])
    let padding = try call.optional(padding)
    let places = try call.apply(
      Positions(offset: try call.value(offset), padding: padding),
      to: [tokens] + [try call.namedValue(mask)].compactMap { $0 })
    return try call.apply(Embedding(padding: padding), to: places + [table])
  }
}

/// A learned tensor by itself.
enum ParameterStep: Step {
  static let name = "parameter"
  static let summary = "A learned tensor by itself, such as a class token."
  static let needsName = true

  static let shape = Attribute<[Int]>.required("shape", .sizes, "Its shape; [] for a scalar.")
  static let attributes: [any AttributeDeclaration] = [shape]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let path = try call.path()
    var parts = path.split(separator: ".")
    let own = parts.popLast().map(String.init) ?? path
    return [
      try call.parameter(own, try call.value(shape), inModule: parts.joined(separator: "."))
    ]
  }
}
