import PeftTensors

/// A kind of file that holds a run's data.
///
/// A format is one type in one file, and one line in `DataFormats`. It conforms to the protocol of what
/// it holds: `TextFormat`, `TokenFormat`, `TensorFormat`.
protocol DataFormat: Sendable {
  /// How the names of such files end, in small letters.
  var ending: String { get }
  /// What is in such a file, for help.
  var summary: String { get }
  var content: DataContent { get }
  /// Opens a file.
  /// - Throws: What is wrong with it, or with the settings for it.
  func open(_ path: String, for request: DataRequest) throws -> BatchStream.Source
}

/// What a file of data holds.
enum DataContent: Hashable, Sendable {
  /// Rows of texts with fields, which take a tokenizer.
  case texts
  case tokens
  /// Tensors that go to the model as they are.
  case tensors
}

/// What files are opened for.
struct DataRequest: Sendable {
  let settings: DataSettings
  let objective: any Objective
  let tokens: TokenSettings
  let sequenceLength: Int
  /// Whether an incomplete last row counts, too.
  let isEvaluation: Bool
  /// The names of the model's inputs, for tensors.
  let inputs: [String]
  /// Which part of rows of texts is wanted; nil for all.
  var split: DataSplit?
}

// MARK: - Tokens and tensors

/// A format that holds tokens and nothing else.
protocol TokenFormat: DataFormat {
  /// Opens a file without reading its tokens.
  func tokens(in path: String) throws -> StoredTokens
}

/// The tokens of a file, read where they are.
struct StoredTokens: Sendable {
  let count: Int
  /// Tokens of each row, where the file has rows; nil for one long stream.
  let rowLength: Int?
  /// The tokens in a range.
  let read: @Sendable (Range<Int>) -> [Int]
}

extension TokenFormat {
  var content: DataContent { .tokens }

  func open(_ path: String, for request: DataRequest) throws -> BatchStream.Source {
    .tokens(
      try TokenRows(
        tokens(in: path), path: path, tokens: request.tokens,
        sequenceLength: request.sequenceLength, isEvaluation: request.isEvaluation))
  }
}

/// A format that holds tensors, each with its name: batches that are made already.
protocol TensorFormat: DataFormat {
  /// Opens a file without reading its values: its tensors in the order in which they are stored.
  func tensors(in path: String) throws -> [(name: String, tensor: Tensor)]
}

extension TensorFormat {
  var content: DataContent { .tensors }

  func open(_ path: String, for request: DataRequest) throws -> BatchStream.Source {
    .tensors(
      try TensorRows(
        tensors(in: path), path: path, objective: request.objective,
        tokens: request.tokens, inputs: request.inputs))
  }
}
