import ModelDescription
import ModelGraph
import PeftAdapters
import PeftTokenizers

extension TokenSettings {
  /// The tokens of a model: those of its own tokenizer, or of another one.
  /// - Parameters:
  ///   - graph: Of the model: its vocabulary, and what it takes for padding itself, count before what files say.
  ///   - outputs: The size of the vocabulary where the graph has no table of tokens.
  ///   - name: A checkpoint's folder, a `tokenizer.json`, or `bytes`; the model's own where nil.
  ///   - model: What messages call the model.
  ///   - areTexts: Whether there are texts to read; tokens and tensors take no tokenizer.
  /// - Throws: `TrainingSetupError.noTokenizer`; what reading the files throws.
  init(
    of description: ModelDescription, _ graph: Graph, called model: String, tokenizer name: String?,
    outputs: Int?, areTexts: Bool
  ) throws {
    try self.init(
      of: description, called: model, tokenizer: name,
      vocabularySize: graph.vocabulary(of: "input_ids") ?? outputs, areTexts: areTexts)
    if let token = graph.paddingToken { padding = token }
  }

  private init(
    of description: ModelDescription, called model: String, tokenizer name: String?,
    vocabularySize: Int?, areTexts: Bool
  ) throws {
    let folder = description.checkpointFolder
    guard areTexts else {
      try self.init(ofModel: folder, vocabularySize: vocabularySize)
      return
    }
    if let name {
      try self.init(named: name, vocabularySize: vocabularySize)
      if let folder {
        decoderStart = try TokenSettings(ofModel: folder, vocabularySize: nil).decoderStart
      }
      return
    }
    guard let folder, Tokenizer.isThere(in: folder) else {
      throw TrainingSetupError.noTokenizer(model: model)
    }
    try self.init(named: folder, vocabularySize: vocabularySize)
  }
}

extension Graph {
  /// Tokens of a row of text where nothing says how many.
  static let usualSequenceLength = 512

  /// Tokens of a row of text, to which longer ones are truncated.
  /// - Parameter length: What is asked for; the model's positions, at most 512, where nil.
  /// - Throws: `TrainingSetupError.sequenceTooLong`.
  func sequenceLength(_ length: Int?) throws(TrainingSetupError) -> Int {
    let limit = positionLimit
    guard let length else { return min(limit ?? .max, Self.usualSequenceLength) }
    if let limit, length > limit { throw .sequenceTooLong(length, positions: limit) }
    return length
  }
}
