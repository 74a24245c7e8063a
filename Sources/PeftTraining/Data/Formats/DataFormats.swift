public import PeftBasics

/// The formats of files that a run's data can be in. A value, to be passed along.
///
///     var catalog = TrainingCatalog.standard
///     try catalog.formats.register(MyFormat())
///     try catalog.formats.register(myRows, as: "mine")
public struct DataFormats: Sendable {
  /// Those of this library.
  public static let standard = DataFormats()

  private var texts: [any TextFormat] = [
    JSONLinesFormat(),
    JSONListFormat(),
    LinesFormat(),
    CSVFormat(),
    TSVFormat(),
  ]
  private let others: [any DataFormat] = [
    SafetensorsFormat(),
    NumPyFormat(),
    TokenBytesFormat(),
  ]
  /// How files with rows of text may be compressed.
  private let compressions: [any Compression] = [GzipCompression()]
  /// Rows that are in no file, by their names.
  private var datasets: [String: any Dataset] = [:]

  private init() {}

  /// Adds a format of rows of text, whose files may be compressed as others are.
  /// - Throws: `DataFormatsError` where its ending is taken.
  public mutating func register(_ format: some TextFormat) throws(DataFormatsError) {
    let ending = format.ending.lowercased()
    guard !(endings + compressedEndings).contains(ending) else {
      throw .takenEnding(ending)
    }
    texts.append(format)
  }

  /// Adds rows of your own, which stand where a file could: `data: {train: NAME}`.
  /// - Throws: `DataFormatsError` where the name is taken, or empty.
  public mutating func register(
    _ dataset: some Dataset, as name: String
  ) throws(DataFormatsError) {
    guard !name.isEmpty, datasets[name] == nil else { throw .takenName(name) }
    datasets[name] = dataset
  }

  /// Whether a name is that of rows that are in no file.
  func isDataset(_ name: String) -> Bool { datasets[name] != nil }

  private var all: [any DataFormat] { texts.map { TextFileFormat(rows: $0) } + others }

  private var compressed: [any DataFormat] {
    compressions.flatMap { compression in
      texts.map { TextFileFormat(rows: $0, compression: compression) }
    }
  }

  /// The format that a file's name says; nil where it says none. The longest ending counts.
  func format(of path: String) -> (any DataFormat)? {
    if let dataset = datasets[path] { return DatasetFormat(dataset: dataset) }
    let name = path.lowercased()
    return (all + compressed).filter { name.hasSuffix($0.ending.lowercased()) }
      .max { $0.ending.utf8.count < $1.ending.utf8.count }
  }

  /// Opens files. Several are read one after another.
  /// - Throws: `DataError` where a file's name says nothing, where the objective has no use for what is in it,
  ///   and where one of several holds no rows of texts; what is wrong with the files, or with the settings for
  ///   them.
  func open(
    _ paths: [String], for request: DataRequest
  ) throws -> (source: BatchStream.Source, content: DataContent) {
    let files = try paths.map { (path: $0, format: try known($0, for: request.objective)) }
    guard let first = files.first else { throw DataError(.noRows, path: "data") }
    if request.split != nil, first.format.content != .texts {
      throw DataError(.splitOfOther, path: first.path)
    }
    guard files.count > 1 else {
      return (try first.format.open(first.path, for: request), first.format.content)
    }
    return (try .documents(rows(of: paths), for: request), .texts)
  }

  /// The rows of files of texts.
  /// - Throws: `DataError` where a file holds none; what is wrong with the files.
  func rows(of paths: [String]) throws -> TextRows {
    try TextRows(
      paths.map { path in
        guard let format = try known(path) as? any RowsFormat else {
          throw DataError(.notOneOfSeveral, path: path)
        }
        return try format.rows(called: path)
      })
  }

  /// The format of a file.
  /// - Throws: `DataError` where its name says none.
  func known(_ path: String) throws -> any DataFormat {
    if let format = format(of: path) { return format }
    // A file that does not exist is reported before a name without a format.
    _ = try MappedFile(path: path)
    throw DataError(.unknownExtension(known: endings, compressed: compressedEndings), path: path)
  }

  private func known(_ path: String, for objective: any Objective) throws -> any DataFormat {
    let format = try known(path)
    let contents = objective.labels.contents
    guard contents.contains(format.content) else {
      throw DataError(
        .fileForOtherTask(task: objective.name, takes: endings(of: contents)), path: path)
    }
    return format
  }

  /// How names of files end that can be read.
  package var endings: [String] { all.map(\.ending) }

  /// The same for compressed files.
  package var compressedEndings: [String] { compressed.map(\.ending) }

  /// The same for files that hold one of these.
  func endings(of contents: [DataContent]) -> [String] {
    all.filter { contents.contains($0.content) }.map(\.ending)
  }

  /// What is in files, by the ending of their names, in a line each.
  package var explained: [(ending: String, summary: String)] {
    let rows = texts.map(\.ending).joined(separator: ", ")
    return all.map { ($0.ending, $0.summary) }
      + compressions.map { ($0.ending, "Compressed by \($0.name), after one of \(rows).") }
  }
}

/// Why a format or a dataset cannot be registered.
public enum DataFormatsError: Diagnosis, Hashable {
  case takenEnding(String)
  case takenName(String)

  public var words: (problem: String, fix: String?) {
    switch self {
    case .takenEnding(let ending):
      ("files that end in '\(ending)' have a format already", "give the new one another ending")
    case .takenName(""):
      ("a dataset has an empty name", "give it one")
    case .takenName(let name):
      ("a dataset is called '\(name)' already", "give the new one another name")
    }
  }
}
