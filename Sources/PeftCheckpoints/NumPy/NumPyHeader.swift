import ModelGraph
import PeftBasics
import PeftTensors

/// What a `.npy` file says of its array: a literal of Python such as
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`, and blanks to a round length.
struct NumPyHeader {
  typealias Reason = NumPyError.Reason

  let info: TensorInfo
  /// Bytes of the file before the first entry.
  let dataStart: Int

  /// The literal of 64 axes and a long type has some 2 kB.
  static let mostBytes = 1 << 16
  /// As many as NumPy allows.
  static let mostAxes = 64

  init(file: UnsafeRawBufferPointer) throws(Reason) {
    let (start, length) = try Self.frame(file)
    dataStart = start + length
    var literal = PythonLiteral(UnsafeRawBufferPointer(rebasing: file[start..<dataStart]))
    var type: NumberType?
    var shape: [Int]?
    var isColumnMajor: Bool?
    try literal.take("{")
    while !literal.takeIfThere("}") {
      let key = try literal.text()
      try literal.take(":")
      switch key {
      case "descr":
        guard type == nil else { throw .keyTwice(key) }
        guard !literal.isAt("[") else { throw .structured }
        type = try Self.type(literal.text())
      case "fortran_order":
        guard isColumnMajor == nil else { throw .keyTwice(key) }
        isColumnMajor = try literal.truthValue()
      case "shape":
        guard shape == nil else { throw .keyTwice(key) }
        shape = try literal.sizes(most: Self.mostAxes)
      default: throw .unknownKey(key)
      }
      guard literal.takeIfThere(",") else {
        try literal.take("}")
        break
      }
    }
    try literal.finish()
    guard let type else { throw .keyMissing("descr") }
    guard let isColumnMajor else { throw .keyMissing("fortran_order") }
    guard let shape else { throw .keyMissing("shape") }
    guard !isColumnMajor else { throw .columnMajor }
    info = TensorInfo(shape: shape, type: type)
    try checkLength(file.count - dataStart)
  }

  /// Where the literal starts, and how long it is.
  private static func frame(
    _ file: UnsafeRawBufferPointer
  ) throws(Reason) -> (start: Int, length: Int) {
    guard !file.isEmpty else { throw .empty }
    guard file.count >= 10, file.starts(with: [0x93] + Array("NUMPY".utf8)) else { throw .noMagic }
    let (major, minor) = (file[6], file[7])
    guard 1...3 ~= major, minor == 0 else { throw .unknownVersion(major: major, minor: minor) }
    let start = major == 1 ? 10 : 12
    guard file.count >= start else {
      throw .headerPastEnd(header: start - 8, available: file.count - 8)
    }
    let length = file[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= file.count - start else {
      throw .headerPastEnd(header: length, available: file.count - start)
    }
    guard length <= mostBytes else { throw .headerTooLong(header: length, limit: mostBytes) }
    return (start, length)
  }

  private static func type(_ name: String) throws(Reason) -> NumberType {
    if let known = NumPyFile.types.first(where: { $0.descriptor == name }) { return known.type }
    throw name.hasPrefix(">") ? .bigEndian(name) : .unknownType(name)
  }

  private func checkLength(_ found: Int) throws(Reason) {
    guard let count = try? info.shape.checkedProduct() else { throw .tooLarge(shape: info.shape) }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: info.type.byteCount)
    guard !overflow else { throw .tooLarge(shape: info.shape) }
    guard bytes == found else { throw .wrongLength(info: info, expected: bytes, found: found) }
  }
}

/// The few words of Python that a `.npy` header is made of.
private struct PythonLiteral {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0A { offset += 1 }
  }

  private func expected(_ what: String) -> NumPyError.Reason {
    .badHeader(offset: offset, expected: what)
  }

  mutating func isAt(_ scalar: Unicode.Scalar) -> Bool {
    skipBlanks()
    return next == UInt8(ascii: scalar)
  }

  mutating func takeIfThere(_ scalar: Unicode.Scalar) -> Bool {
    guard isAt(scalar) else { return false }
    offset += 1
    return true
  }

  mutating func take(_ scalar: Unicode.Scalar) throws(NumPyError.Reason) {
    guard takeIfThere(scalar) else { throw expected("'\(scalar)'") }
  }

  /// A text in single or double quotes; NumPy escapes nothing in those it writes here.
  mutating func text() throws(NumPyError.Reason) -> String {
    skipBlanks()
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw expected("a text in quotes")
    }
    offset += 1
    let start = offset
    while let byte = next, byte != quote { offset += 1 }
    guard next == quote else { throw expected("a quote") }
    offset += 1
    return String(decoding: bytes[start..<(offset - 1)], as: UTF8.self)
  }

  mutating func truthValue() throws(NumPyError.Reason) -> Bool {
    skipBlanks()
    let start = self
    switch word() {
    case "True": return true
    case "False": return false
    default: throw start.expected("True or False")
    }
  }

  /// The sizes of a tuple: `()`, `(2,)`, `(2, 3)`.
  mutating func sizes(most: Int) throws(NumPyError.Reason) -> [Int] {
    try take("(")
    var sizes: [Int] = []
    while !takeIfThere(")") {
      guard sizes.count < most else { throw .tooManyAxes(limit: most) }
      let text = word()
      guard !text.isEmpty else { throw expected("a number or ')'") }
      guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
        let size = Int(text)
      else { throw .badSize(text) }
      sizes.append(size)
      // `(2)` is a number in brackets; one axis takes a comma.
      if sizes.count == 1 || !isAt(")") { try take(",") }
    }
    return sizes
  }

  /// What stands before the next blank, comma or bracket.
  private mutating func word() -> String {
    let start = offset
    while let byte = next, !" \n,(){}[]:'\"".utf8.contains(byte) { offset += 1 }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  mutating func finish() throws(NumPyError.Reason) {
    skipBlanks()
    guard offset == bytes.count else { throw expected("the end") }
  }
}
