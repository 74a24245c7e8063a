import ModelGraph
import PeftBasics

/// Parts of the last axis.
enum SplitStep: Step {
  static let name = "split"
  static let summary = "Cuts the last axis into parts, equal or of given sizes."

  static let parts = Attribute<Int>("parts", .whole(minimum: 1), "How many equal parts.")
  static let sizes = Attribute<[Int]>("sizes", .sizes, "The sizes of the parts.")
  static let groups = Attribute<Int>(
    "groups", .whole(minimum: 1), default: 1,
    "Cuts each of that many equal runs the same way, as GPT-NeoX keeps its heads.")
  static let attributes: [any AttributeDeclaration] = [parts, sizes, groups]

  /// The most parts: each is a value that has a name.
  private static let mostParts = 256

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let x = try call.input()
    let groups = try call.value(groups)
    if let sizes = try call.optional(sizes) {
      return try call.apply(Split(sizes: sizes, groups: groups), to: [x])
    }
    guard let parts = try call.optional(parts) else {
      throw DescriptionError(
        StepProblem.missingAttribute(
          "parts", operation: name, summary: "or 'sizes', the sizes of the parts"),
        at: call.step.keyRange)
    }
    let width = try call.width(of: x)
    guard parts <= mostParts else {
      throw DescriptionError(
        StepProblem.aboveMaximum(parts, maximum: mostParts),
        at: call.step.attributes["parts"]?.range ?? call.step.keyRange, note: call.dimensionNote)
    }
    guard width % parts == 0 else {
      throw DescriptionError(
        StepProblem.shapes(
          ShapeError(name, .indivisible(size: width, divisor: parts, what: .parts))),
        at: call.step.attributes["parts"]?.range ?? call.step.keyRange, note: call.dimensionNote)
    }
    let sizes = [Int](repeating: width / parts, count: parts)
    return try call.apply(Split(sizes: sizes, groups: groups), to: [x])
  }
}

/// Values one after another.
enum ConcatenateStep: Step {
  static let name = "concatenate"
  static let summary = "Values one after another along an axis; other axes of size 1 broadcast."

  static let axis = Attribute<Int>.required("axis", .whole(minimum: 0), "Which axis, from 0.")
  static let attributes: [any AttributeDeclaration] = [axis]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    try call.apply(Concatenate(axis: call.value(axis)), to: call.inputs())
  }
}

/// The same entries under another shape.
enum ReshapeStep: Step {
  static let name = "reshape"
  static let summary = "The same entries under another shape; all sizes must be known."

  static let shape = Attribute<[Int]>.required("shape", .sizes, "The new sizes.")
  static let attributes: [any AttributeDeclaration] = [shape]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    try call.apply(Reshape(call.value(shape)), to: [call.input()])
  }
}

/// Several axes as one.
enum FlattenStep: Step {
  static let name = "flatten"
  static let summary = "Several axes as one: [batch, 8, 4, 4] as [batch, 128]; others may be open."

  static let start = Attribute<AxisName>(
    "start", .axis, default: .number(1), "The first of the axes; below 0 counted from the end.")
  static let end = Attribute<AxisName>(
    "end", .axis, default: .number(-1), "The last of the axes; below 0 counted from the end.")
  static let attributes: [any AttributeDeclaration] = [start, end]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let x = try call.input()
    let shape = call.builder.graph[x].type.shape
    let first = try call.axis(call.value(start), of: shape, attribute: start.name)
    let last = try call.axis(call.value(end), of: shape, attribute: end.name)
    try call.declareModule("Flatten")
    return try call.apply(Flatten(start: first, end: last), to: [x])
  }
}

/// An image of features as a sequence.
enum PatchesStep: Step {
  static let name = "patches"
  static let summary = "[batch, width, rows, columns] as a sequence [batch, rows · columns, width]."

  static func build(_ call: StepCall) throws -> [Value.ID] {
    try call.apply(Patches(), to: [call.input()])
  }
}

/// One position of every row.
enum TakeTokenStep: Step {
  static let name = "take_token"
  static let summary = "One position of every row of a sequence."

  static let at = Attribute<Int>("at", .whole(minimum: 0), default: 0, "Its index, from 0.")
  static let endOf = Attribute<[String]>(
    "end_of", .names, "The tokens whose end-of-text token marks the position, instead of an index.")
  static let endToken = Attribute<Int>(
    "end_token", .whole(minimum: 0), "The end-of-text token; the largest id if left out.")
  static let lastOf = Attribute<[String]>(
    "last_of", .names,
    "The tokens whose last one besides padding marks the position, instead of an index.")
  static let padding = Attribute<TableRow>(
    "padding", .row, "The padding token; where there is none, the mask says where a row ends.")
  static let mask = Attribute<[String]>(
    "mask", .names, "An attention mask: 1 for tokens, 0 for padding.")
  static let attributes: [any AttributeDeclaration] = [
    at, endOf, endToken, lastOf, padding, mask,
  ]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let x = try call.input()
    if let tokens = try call.namedValue(endOf) {
      let end = try call.optional(endToken).map(TakeToken.Position.first) ?? .largest
      return try call.apply(TakeToken(end), to: [x, tokens])
    }
    guard let tokens = try call.namedValue(lastOf) else {
      return try call.apply(TakeToken(.at(try call.value(at))), to: [x])
    }
    if let padding = try call.optional(padding)?.number {
      return try call.apply(TakeToken(.last(besides: padding)), to: [x, tokens])
    }
    _ = try call.value(mask)
    return try call.apply(
      TakeToken(.lastInMask), to: [x] + [call.namedValue(mask)].compactMap { $0 })
  }
}
