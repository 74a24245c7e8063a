import ModelGraph
import PeftBasics
import PeftTensors

/// What stands in a header under a tensor's name: `{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`.
struct SafetensorsFields {
  private typealias Reason = SafetensorsError.Reason

  private let tensor: String
  private var type: NumberType?
  private var shape: [Int]?
  private var offsets: [Int]?
  /// The most entries of a list that are counted for a message.
  private static let mostOffsets = 16

  init(tensor: String) { self.tensor = tensor }

  /// Reads the object; unknown fields are skipped, as the reference implementation does.
  mutating func read(_ reader: inout JSONReader) throws {
    let kind = try reader.kind()
    guard kind == .object else { throw Reason.entryKind(tensor: tensor, found: kind.rawValue) }
    try reader.enterObject()
    while let field = try reader.nextName() {
      switch field {
      case "dtype":
        guard type == nil else { throw Reason.fieldTwice(tensor: tensor, field: field) }
        type = try readType(&reader)
      case "shape":
        guard shape == nil else { throw Reason.fieldTwice(tensor: tensor, field: field) }
        let sizes = try readSizes(&reader, field, most: SafetensorsHeader.mostAxes)
        guard let sizes else {
          throw Reason.tooManyAxes(tensor: tensor, limit: SafetensorsHeader.mostAxes)
        }
        shape = sizes
      case "data_offsets":
        guard offsets == nil else { throw Reason.fieldTwice(tensor: tensor, field: field) }
        offsets = try readSizes(&reader, field, most: Self.mostOffsets)
        guard offsets != nil else {
          throw Reason.fieldKind(
            tensor: tensor, field: field, expected: "two whole numbers", found: "a longer list")
        }
      default: try reader.skipValue()
      }
    }
  }

  private func readType(_ reader: inout JSONReader) throws -> NumberType {
    let kind = try reader.kind()
    guard kind == .text else {
      throw Reason.fieldKind(
        tensor: tensor, field: "dtype", expected: "a text", found: kind.rawValue)
    }
    let name = try reader.text()
    guard let type = NumberType(rawValue: name) else {
      throw Reason.unknownType(tensor: tensor, found: name)
    }
    return type
  }

  /// The list's whole numbers; nil where there are more than allowed.
  private func readSizes(
    _ reader: inout JSONReader, _ field: String, most: Int
  ) throws -> [Int]? {
    let expected = "a list of whole numbers"
    let kind = try reader.kind()
    guard kind == .list else {
      throw Reason.fieldKind(
        tensor: tensor, field: field, expected: expected, found: kind.rawValue)
    }
    try reader.enterList()
    var sizes: [Int] = []
    while try reader.hasNextElement() {
      let kind = try reader.kind()
      guard kind == .number else {
        throw Reason.fieldKind(
          tensor: tensor, field: field, expected: expected, found: "\(kind.rawValue) in a list")
      }
      let (text, value) = try reader.number()
      guard let value else {
        throw Reason.notASize(tensor: tensor, field: field, found: text.description)
      }
      guard sizes.count < most else { return nil }
      sizes.append(value)
    }
    return sizes
  }

  /// The tensor, where everything is there and fits.
  func entry(dataBytes: Int) throws(SafetensorsError.Reason) -> SafetensorsHeader.Entry {
    guard let type else { throw .fieldMissing(tensor: tensor, field: "dtype") }
    guard let shape else { throw .fieldMissing(tensor: tensor, field: "shape") }
    guard let offsets else { throw .fieldMissing(tensor: tensor, field: "data_offsets") }
    guard offsets.count == 2 else { throw .offsetCount(tensor: tensor, found: offsets.count) }
    let (begin, end) = (offsets[0], offsets[1])
    guard begin <= end else {
      throw .offsetsBackwards(tensor: tensor, begin: begin, end: end)
    }
    guard let expected = Self.byteCount(shape, type) else {
      throw .tooLarge(tensor: tensor, shape: shape)
    }
    let info = TensorInfo(shape: shape, type: type)
    guard end - begin == expected else {
      throw .wrongLength(tensor: tensor, info: info, expected: expected, found: end - begin)
    }
    guard end <= dataBytes else {
      throw .pastEnd(tensor: tensor, end: end, available: dataBytes)
    }
    return SafetensorsHeader.Entry(name: tensor, info: info, range: begin..<end)
  }

  private static func byteCount(_ shape: [Int], _ type: NumberType) -> Int? {
    guard let count = try? shape.checkedProduct() else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: type.byteCount)
    return overflow ? nil : bytes
  }
}
