/// What files say, as far as a message has room for it.
extension String {
  /// This text in quotes, cut where nobody reads on, its control characters spelled out.
  package var quoted: String { "'\(shown)'" }
}

extension [Int] {
  /// The sizes as they are written, cut where there are too many axes.
  package var shapeText: String {
    "[\(prefix(8).map(String.init).joined(separator: ", "))\(count > 8 ? ", …" : "")]"
  }
}

extension Int {
  /// `1 byte`, `7 bytes`.
  package var bytesText: String { self == 1 ? "1 byte" : "\(grouped) bytes" }
}
