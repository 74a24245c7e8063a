import PeftBasics

/// Rows of your own to train on: kept in memory, read from a database, or made when they are asked for.
///
///     struct Sums: Dataset {
///       let count = 10_000
///
///       func row(_ index: Int) -> DataRecord {
///         DataRecord([("prompt", .text("\(index) + 1 = ")), ("completion", .text("\(index + 1)"))])
///       }
///     }
///
///     var catalog = TrainingCatalog.standard
///     try catalog.formats.register(Sums(), as: "sums")
///     let recipe = try TrainingRecipe(path: "recipe.yaml", catalog: catalog)  // data: {train: sums}
///     try Trainer(recipe, catalog: catalog).run()
///
/// Where a recipe or a command has a file, it can have the dataset's name instead. Rows are shuffled, split, grouped by
/// length, packed and resumed as those of a file are, and have the fields that a row of JSON would have. Nothing but
/// the rows of one batch is in memory, unless the dataset keeps them there. Rows that come one after another from
/// somewhere are a ``StreamedDataset``; an array of rows is a dataset as it is.
public protocol Dataset: Sendable {
  /// How many rows there are.
  var count: Int { get }

  /// One row. The same number always gives the same row: runs are resumed by it.
  ///
  /// When data are opened, the first 65,536 rows are asked for, so that most mistakes are found before a run begins.
  /// - Parameter index: From 0 to `count` − 1, in any order.
  /// - Throws: What is wrong with the row. It is left out of the run then, which says so at its end.
  func row(_ index: Int) throws -> DataRecord
}

extension Array: Dataset where Element == DataRecord {
  public func row(_ index: Int) -> DataRecord { self[index] }
}

/// Rows that come one after another, as from a network or a parser, and that would not fit into memory: they are
/// written to a temporary file once, which the system removes when the dataset is no longer used.
///
///     let tickets = try StreamedDataset { try cursor.next().map { DataRecord([("text", .text($0.body))]) } }
public struct StreamedDataset: Dataset {
  private let rows: TextFile

  /// - Parameter next: The next row; nil at the end.
  /// - Throws: What `next` throws; `DataError` where there are no rows, or no room for them in `TMPDIR`.
  public init(_ next: () throws -> DataRecord?) throws {
    rows = try TextFile(called: Self.name, rows: next)
  }

  private static let name = "rows"

  public var count: Int { rows.count }
  public func row(_ index: Int) throws -> DataRecord { try rows.record(index) }
}

extension TextFile {
  /// Rows that are in no file yet, written to a temporary one.
  /// - Parameters:
  ///   - path: What messages call the file.
  ///   - next: The next row; nil at the end.
  init(called path: String, rows next: () throws -> DataRecord?) throws {
    let file: MappedFile
    do {
      let scratch = try ScratchFile()
      while let row = try next() {
        let line = JSONValue.map(row.fields).text(.compact) + "\n"
        try Array(line.utf8).withUnsafeBufferPointer { bytes throws(ScratchError) in
          try scratch.append(UnsafeRawBufferPointer(bytes))
        }
      }
      file = try scratch.mapped()
    } catch let error as ScratchError {
      throw DataError(.notKept(folder: error.folder, reason: error.reason), path: path)
    }
    try self.init(path: path, file: file, format: JSONLinesFormat())
  }
}
