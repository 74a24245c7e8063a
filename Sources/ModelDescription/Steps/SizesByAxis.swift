import ModelGraph
import PeftBasics

/// A size for each axis of an image or a sequence, written as one number for all or as a list.
struct SizesByAxis: AttributeValue {
  let written: [Int]

  init(_ size: Int) { written = [size] }
  private init(_ sizes: [Int]) { written = sizes }

  static func read(
    _ node: DocumentNode, as kind: AttributeKind, in scope: Scope
  ) throws -> SizesByAxis {
    let minimum = if case .sizesByAxis(let minimum) = kind { minimum } else { 0 }
    return SizesByAxis(
      try (node.elements ?? [node]).map { try scope.whole($0, minimum: minimum) })
  }
}

/// Padding: sizes, or `same`.
enum PaddingSizes: AttributeValue {
  case each(SizesByAxis)
  /// As much as makes the result as large as the input.
  case same

  static let words = ["same", "valid"]

  static func read(
    _ node: DocumentNode, as kind: AttributeKind, in scope: Scope
  ) throws -> PaddingSizes {
    guard node.elements == nil, case .text(let word) = try scope.value(node) else {
      return .each(try SizesByAxis.read(node, as: .sizesByAxis(minimum: 0), in: scope))
    }
    switch word {
    case "same": return .same
    case "valid": return .each(SizesByAxis(0))
    default:
      throw DescriptionError(
        StepProblem.unknownWord(word, known: ["a number"] + words), at: node.range,
        note: scope.note(on: [node]))
    }
  }
}

extension StepCall {
  /// The sizes of an attribute, one for each axis.
  func sizes(_ attribute: Attribute<SizesByAxis>, count: Int) throws -> [Int] {
    try checked(try value(attribute), of: attribute, count: count)
  }

  /// Sizes of an attribute: as many as there are axes, or one for all of them.
  func checked(
    _ sizes: SizesByAxis, of attribute: any AttributeDeclaration, count: Int
  ) throws -> [Int] {
    let written = sizes.written
    if written.count == 1 { return Array(repeating: written[0], count: count) }
    guard written.count == count else {
      throw DescriptionError(
        StepProblem.wrongNumberOfSizes(
          attribute.name, found: written.count, axes: count, operation: operation),
        at: step.attributes[attribute.name]?.range ?? step.keyRange)
    }
    return written
  }

  /// The number of channels of values `[batch, channels, …]`.
  /// - Parameter axisCount: How many axes there must be behind the channels; any number of them where nil.
  func channels(of value: Value.ID, axisCount: Int? = nil) throws -> Int {
    let shape = builder.graph[value].type.shape
    func refuse(_ reason: ShapeError.Reason) -> DescriptionError {
      DescriptionError(
        StepProblem.shapes(ShapeError(operation, reason)), at: step.fromRange)
    }
    guard axisCount.map({ shape.rank == 2 + $0 }) ?? (shape.rank >= 2) else {
      throw refuse(.layout(expected: Self.layout(axisCount), found: shape))
    }
    guard let channels = shape.dimensions[1].size else { throw refuse(.openChannels(shape)) }
    return channels
  }

  /// The axes of images, of sequences, or of anything that has channels.
  private static func layout(_ axisCount: Int?) -> String {
    switch axisCount {
    case 1: "[batch, channels, length]"
    case 2: "[batch, channels, height, width]"
    default: "[batch, channels, …]"
    }
  }

  /// A product of two sizes.
  func product(_ a: Int, _ b: Int) throws -> Int {
    do { return try [a, b].checkedProduct() } catch {
      throw DescriptionError(StepProblem.overflow(error), at: step.keyRange, note: dimensionNote)
    }
  }
}
