/// Tab-separated values, with quotes as CSV has them.
struct TSVFormat: SeparatedFormat {
  let ending = ".tsv"
  let summary = "Fields between tabs; the first row names them."
  let separator = FieldSeparator(byte: UInt8(ascii: "\t"), plural: "tabs")
}
