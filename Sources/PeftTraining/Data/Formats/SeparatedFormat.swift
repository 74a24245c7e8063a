import PeftBasics

/// A table as text: a row of column names, then rows of as many fields, with something between them.
protocol SeparatedFormat: TextFormat {
  var separator: FieldSeparator { get }
}

/// What stands between two fields of a row.
struct FieldSeparator: Hashable, Sendable {
  let byte: UInt8
  /// Several of them in a message.
  let plural: String
}

extension SeparatedFormat {
  func rows(
    of bytes: UnsafeRawBufferPointer, at place: inout Int
  ) throws(DataError.Reason) -> TextIndex {
    var index = TextIndex()
    var reader = SeparatedReader(bytes, separator: separator.byte, at: place)
    guard reader.skipEmptyLines() else { return index }
    place = reader.offset
    _ = try reader.skipRecord()
    try index.check(place..<reader.offset)
    index.columns = try fields(at: place, of: bytes)
    var known: Set<String> = []
    for name in index.columns where !known.insert(name).inserted { throw .columnTwice(name) }
    while reader.skipEmptyLines() {
      place = reader.offset
      let found = try reader.skipRecord()
      guard found == index.columns.count else {
        throw .wrongFieldCount(
          found: found, expected: index.columns.count, separators: separator.plural)
      }
      try index.append(place..<reader.offset)
    }
    return index
  }

  func record(
    at offset: Int, of bytes: UnsafeRawBufferPointer, columns: [String]
  ) throws(DataError.Reason) -> DataRecord {
    DataRecord(zip(columns, try fields(at: offset, of: bytes).map(JSONValue.text)))
  }

  private func fields(
    at offset: Int, of bytes: UnsafeRawBufferPointer
  ) throws(DataError.Reason) -> [String] {
    var reader = SeparatedReader(bytes, separator: separator.byte, at: offset)
    return try reader.record()
  }
}

/// Comma-separated values, as RFC 4180 has them.
struct CSVFormat: SeparatedFormat {
  let ending = ".csv"
  let summary = "Fields between commas; the first row names them."
  let separator = FieldSeparator(byte: UInt8(ascii: ","), plural: "commas")
}

/// Tab-separated values, with quotes as CSV has them.
struct TSVFormat: SeparatedFormat {
  let ending = ".tsv"
  let summary = "Fields between tabs; the first row names them."
  let separator = FieldSeparator(byte: UInt8(ascii: "\t"), plural: "tabs")
}
