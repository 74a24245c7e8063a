/// Rows of texts in one place: a file, or a dataset from outside.
protocol RowSource: Sendable {
  /// What messages call it.
  var path: String { get }
  var count: Int { get }
  /// Its size in bytes, unpacked.
  var byteCount: Int { get }
  /// How many bytes come before a row.
  func offset(of row: Int) -> Int
  /// A mistake, with where its row is.
  func error(_ reason: DataError.Reason, at row: Int) -> DataError
  /// The fields of a row. What is not UTF-8 becomes U+FFFD.
  func record(_ row: Int) throws(DataError.Reason) -> DataRecord
}
