/// A pattern of letters, digits, `_` and dots: most keys are one, and a file can have a key for each of
/// thousands of modules, which is too many pairs for regular expressions.
struct PlainKey: Sendable {
  private let bytes: [UInt8]

  /// Nil for a pattern with other characters.
  init?(_ key: String) {
    bytes = Array(key.utf8)
    guard !bytes.isEmpty, bytes.allSatisfy({ $0.isInWord || $0 == UInt8(ascii: ".") }) else {
      return nil
    }
  }

  /// Whether a path ends in the key, from its start or from a dot on, where a dot of the key stands for
  /// any character; nil where only the pattern can tell.
  func applies(to path: String) -> Bool? {
    path.utf8.withContiguousStorageIfAvailable { path -> Bool? in
      guard path.allSatisfy({ $0.isInWord || $0 == UInt8(ascii: ".") }) else { return nil }
      let start = path.count - bytes.count
      guard start == 0 || start > 0 && path[start - 1] == UInt8(ascii: ".") else { return false }
      return bytes.indices.reversed().allSatisfy { index in
        bytes[index] == UInt8(ascii: ".") || bytes[index] == path[start + index]
      }
    } ?? nil
  }
}

extension UInt8 {
  fileprivate var isInWord: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
