#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Graph {
  /// The graph as JSON text: the fields of `GraphDocument`, keys sorted, the same text every time.
  /// - Throws: `EncodingError` where a value cannot be written.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(GraphDocument(self)), as: UTF8.self)
  }
}
