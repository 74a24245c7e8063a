/// A kind of file that holds a run's data: one type in one file, and one line in `DataFormats`.
///
/// A format conforms to the protocol of what it holds: `TextFormat`, `TokenFormat`, `TensorFormat`.
protocol DataFormat: Sendable {
  /// How the names of such files end, in small letters.
  var ending: String { get }
  /// What is in such a file, for help.
  var summary: String { get }
  var content: DataContent { get }
  /// Opens a file.
  /// - Throws: What is wrong with it, or with the settings for it.
  func open(_ request: DataRequest) throws -> BatchStream.Source
}

/// What a file of data holds.
enum DataContent: Hashable, Sendable {
  /// Rows of texts with fields, which take a tokenizer.
  case texts
  case tokens
  /// Tensors that go to the model as they are.
  case tensors
}

/// A file to open, and what it is for.
struct DataRequest: Sendable {
  let path: String
  let settings: DataSettings
  let objective: any Objective
  let tokens: TokenSettings
  let sequenceLength: Int
  /// Whether what is left over at the end counts, too.
  let isEvaluation: Bool
  /// The names of the model's inputs, for tensors.
  let inputs: [String]
}

/// The formats of data. Whatever reads, lists or explains them follows from these lists.
package enum DataFormats {
  /// Rows of text.
  static let texts: [any TextFormat] = [
    JSONLinesFormat(),
    LinesFormat(),
    CSVFormat(),
    TSVFormat(),
  ]
  private static let others: [any DataFormat] = [
    SafetensorsFormat(),
    NumPyFormat(),
    TokenBytesFormat(),
  ]
  /// How files with rows of text may be compressed.
  private static let compressions: [any Compression] = [GzipCompression()]

  private static let all: [any DataFormat] = texts.map { $0 } + others
  private static let compressed: [any DataFormat] = compressions.flatMap { compression in
    texts.map { CompressedFormat(rows: $0, compression: compression) }
  }

  /// The format that a file's name says; nil where it says none.
  static func format(of path: String) -> (any DataFormat)? {
    let name = path.lowercased()
    return (all + compressed).first { name.hasSuffix($0.ending) }
  }

  /// How names of files end that can be read.
  package static var endings: [String] { all.map(\.ending) }

  /// The same for compressed files.
  package static var compressedEndings: [String] { compressed.map(\.ending) }

  /// The same for files that hold one of these.
  static func endings(of contents: [DataContent]) -> [String] {
    all.filter { contents.contains($0.content) }.map(\.ending)
  }

  /// What is in files by how their names end, in a line each.
  package static var explained: [(ending: String, summary: String)] {
    let rows = texts.map(\.ending).joined(separator: ", ")
    return all.map { ($0.ending, $0.summary) }
      + compressions.map { ($0.ending, "Compressed by \($0.name), after one of \(rows).") }
  }
}
