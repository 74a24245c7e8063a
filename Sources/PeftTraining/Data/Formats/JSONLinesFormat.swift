import PeftBasics

/// One JSON object per line.
struct JSONLinesFormat: TextFormat {
  let ending = ".jsonl"
  let summary = "One JSON object per line."

  func record(
    at offset: Int, of bytes: UnsafeRawBufferPointer, columns: [String]
  ) throws(DataError.Reason) -> DataRecord {
    try object(line(at: offset, of: bytes))
  }

  private func object(_ line: UnsafeRawBufferPointer) throws(DataError.Reason) -> DataRecord {
    let value: JSONValue
    do throws(JSONMistake) {
      value = try JSONValue(line)
    } catch {
      guard error.reason == .notUTF8 else { throw .notJSON(error) }
      return try Array(String(decoding: line, as: UTF8.self).utf8).withUnsafeBufferPointer {
        repaired throws(DataError.Reason) in try object(UnsafeRawBufferPointer(repaired))
      }
    }
    guard case .map(let fields) = value else { throw .notAnObject(found: value.kind) }
    return DataRecord(fields: fields)
  }
}
