/// An event of a TensorBoard file: an `Event` message in a record of TensorFlow's (`TFRecord`).
struct TensorBoardEvent {
  /// Seconds since 1970.
  let wallTime: Double
  let content: Content

  enum Content {
    /// What a file begins with.
    case version
    case scalars([(tag: String, value: Double)], step: Int)
  }

  /// The record: length, checksum of the length, message, checksum of the message.
  var record: [UInt8] {
    let message = message.bytes
    let length = Self.littleEndian(UInt64(message.count))
    return length + Self.littleEndian(MaskedChecksum.of(length)) + message
      + Self.littleEndian(MaskedChecksum.of(message))
  }

  private var message: ProtobufMessage {
    var event = ProtobufMessage()
    event.add(1, wallTime)
    switch content {
    case .version: event.add(3, Array("brain.Event:2".utf8))
    case .scalars(let scalars, let step):
      event.add(2, UInt64(step))
      var summary = ProtobufMessage()
      for (tag, value) in scalars {
        var scalar = ProtobufMessage()
        scalar.add(1, Array(tag.utf8))
        scalar.add(2, Float(value))
        summary.add(1, scalar.bytes)
      }
      event.add(5, summary.bytes)
    }
    return event
  }

  fileprivate static func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian, Array.init)
  }
}

/// A message of Protocol Buffers: numbered fields, one after the other.
private struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  private enum Kind: UInt64 {
    case varint = 0
    case eightBytes, counted
    case fourBytes = 5
  }

  mutating func add(_ field: UInt64, _ value: UInt64) {
    key(field, .varint)
    varint(value)
  }

  mutating func add(_ field: UInt64, _ value: Double) {
    key(field, .eightBytes)
    bytes += TensorBoardEvent.littleEndian(value.bitPattern)
  }

  mutating func add(_ field: UInt64, _ value: Float) {
    key(field, .fourBytes)
    bytes += TensorBoardEvent.littleEndian(value.bitPattern)
  }

  /// A text, or a message.
  mutating func add(_ field: UInt64, _ value: [UInt8]) {
    key(field, .counted)
    varint(UInt64(value.count))
    bytes += value
  }

  private mutating func key(_ field: UInt64, _ kind: Kind) { varint(field << 3 | kind.rawValue) }

  /// Seven bits a byte, the lowest first.
  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

/// CRC-32C, turned and shifted as TensorFlow does, so that a record within a record has another one.
private enum MaskedChecksum {
  static func of(_ bytes: [UInt8]) -> UInt32 {
    var checksum = UInt32.max
    for byte in bytes {
      checksum = table[Int(UInt8(truncatingIfNeeded: checksum) ^ byte)] ^ (checksum >> 8)
    }
    checksum = ~checksum
    return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }

  private static let table: [UInt32] = (0..<256).map { (byte: UInt32) -> UInt32 in
    var rest = byte
    for _ in 0..<8 { rest = (rest >> 1) ^ (rest & 1 == 1 ? 0x82F6_3B78 : 0) }
    return rest
  }
}
