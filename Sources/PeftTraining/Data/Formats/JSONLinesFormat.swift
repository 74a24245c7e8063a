import PeftBasics

/// One JSON object per line.
struct JSONLinesFormat: TextFormat {
  let ending = ".jsonl"
  let summary = "One JSON object per line."

  func record(
    at offset: Int, of bytes: UnsafeRawBufferPointer, columns: [String]
  ) throws(DataError.Reason) -> DataRecord {
    try DataRecord(json: line(at: offset, of: bytes))
  }
}

extension DataRecord {
  /// An object of JSON. What is not UTF-8 becomes U+FFFD.
  init(json bytes: UnsafeRawBufferPointer) throws(DataError.Reason) {
    let value: JSONValue
    do throws(JSONMistake) {
      value = try JSONValue(bytes)
    } catch {
      guard error.reason == .notUTF8 else { throw .notJSON(error) }
      self = try Array(String(decoding: bytes, as: UTF8.self).utf8).withUnsafeBufferPointer {
        repaired throws(DataError.Reason) in
        try DataRecord(json: UnsafeRawBufferPointer(repaired))
      }
      return
    }
    guard case .map(let fields) = value else { throw .notAnObject(found: value.kind) }
    self.init(fields: fields)
  }
}
