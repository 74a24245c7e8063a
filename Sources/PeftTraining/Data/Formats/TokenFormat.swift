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

  func open(_ request: DataRequest) throws -> BatchStream.Source {
    .tokens(
      try TokenRows(
        tokens(in: request.path), path: request.path, tokens: request.tokens,
        sequenceLength: request.sequenceLength, isEvaluation: request.isEvaluation))
  }
}
