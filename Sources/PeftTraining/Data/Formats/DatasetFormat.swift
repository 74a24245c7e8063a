import PeftBasics

/// A dataset from outside, in place of a file.
struct DatasetFormat: RowsFormat {
  let dataset: any Dataset

  let ending = ""
  let summary = "Rows from outside."

  func rows(called name: String) throws -> any RowSource {
    guard dataset.count > 0 else { throw DataError(.noRows, path: name) }
    guard dataset.count <= UInt32.max else {
      throw DataError(.tooManyRows(most: Int(UInt32.max)), path: name)
    }
    return DatasetRows(dataset: dataset, path: name)
  }
}

/// The rows of a dataset from outside.
private struct DatasetRows: RowSource {
  let dataset: any Dataset
  let path: String

  /// Bytes that a row counts for, where the first ones are checked.
  private static let rowBytes = 1 << 10

  var count: Int { dataset.count }
  var byteCount: Int { count * Self.rowBytes }
  func offset(of row: Int) -> Int { row * Self.rowBytes }

  func error(_ reason: DataError.Reason, at row: Int) -> DataError {
    DataError(reason, path: path, row: row)
  }

  func record(_ row: Int) throws(DataError.Reason) -> DataRecord {
    do { return try dataset.row(row) } catch {
      switch error {
      case let reason as DataError.Reason: throw reason
      case let error as DataError: throw error.reason
      case let diagnosis as any Diagnosis:
        throw .badRow(problem: diagnosis.words.problem, fix: diagnosis.words.fix ?? Self.fix)
      default: throw .badRow(problem: "\(error)", fix: Self.fix)
      }
    }
  }

  private static let fix = "mend the row, or leave it out"
}
