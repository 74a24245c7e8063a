/// Comma-separated values, as RFC 4180 has them.
struct CSVFormat: SeparatedFormat {
  let ending = ".csv"
  let summary = "Fields between commas; the first row names them."
  let separator = FieldSeparator(byte: UInt8(ascii: ","), plural: "commas")
}
