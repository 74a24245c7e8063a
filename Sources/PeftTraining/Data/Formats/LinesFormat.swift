import PeftBasics

/// One text per line, as the field `text`.
struct LinesFormat: TextFormat {
  let ending = ".txt"
  let summary = "One text per line, as the field 'text'."

  func record(
    at offset: Int, of bytes: UnsafeRawBufferPointer, columns: [String]
  ) throws(DataError.Reason) -> DataRecord {
    let text = String(decoding: line(at: offset, of: bytes), as: UTF8.self)
    return DataRecord([("text", .text(text))])
  }
}
