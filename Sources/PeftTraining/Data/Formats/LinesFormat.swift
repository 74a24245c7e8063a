import PeftBasics

/// A text a line, which is the field `text`.
struct LinesFormat: TextFormat {
  let ending = ".txt"
  let summary = "A text a line, the field 'text'."

  func record(
    at offset: Int, of bytes: UnsafeRawBufferPointer, columns: [String]
  ) throws(DataError.Reason) -> DataRecord {
    let line = String(decoding: bytes.line(at: offset), as: UTF8.self)
    return DataRecord(fields: ["text": .text(line)])
  }
}
