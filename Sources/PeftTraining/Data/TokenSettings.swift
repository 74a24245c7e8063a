import PeftBasics
import PeftReports
public import PeftTokenizers

/// What a model's tokens are.
public struct TokenSettings: Sendable {
  /// Texts cannot be read where nil.
  public var tokenizer: Tokenizer?
  /// The size of the model's vocabulary; ids are not checked where nil.
  public var vocabularySize: Int?
  /// The end-of-text token, which follows a document; none where nil.
  public var endOfText: Int?
  /// The padding token.
  public var padding: Int
  /// The token that a decoder starts from.
  public var decoderStart: Int
  /// The folder of the tokenizer, where chat templates may be.
  var folder: String?

  /// - Parameters:
  ///   - padding: `endOfText` where nil, or 0 where there is none. It matters only for a model
  ///     that counts positions by it.
  ///   - decoderStart: `padding` where nil, as T5 has it.
  public init(
    tokenizer: Tokenizer? = nil, vocabularySize: Int? = nil, endOfText: Int? = nil,
    padding: Int? = nil, decoderStart: Int? = nil
  ) {
    self.tokenizer = tokenizer
    self.vocabularySize = vocabularySize
    self.endOfText = endOfText
    self.padding = padding ?? endOfText ?? 0
    self.decoderStart = decoderStart ?? self.padding
  }

  /// What a model's `config.json` says of its tokens, for data that are tokens already.
  /// - Parameter folder: The model's checkpoint; nil where there is none.
  /// - Throws: `FileReadError`; `DataError` where the file is no JSON.
  init(ofModel folder: String?, vocabularySize: Int?) throws {
    let files = try folder.map { try TokenFiles(beside: $0) }
    self.init(
      vocabularySize: vocabularySize, padding: files?.number("pad_token_id"),
      decoderStart: files?.number("decoder_start_token_id"))
  }

  /// Reads a tokenizer, and what the files beside it say of its tokens.
  ///
  /// `tokenizer_config.json` says it by the tokens' names (`eos_token`, `pad_token`), `config.json`
  /// by their ids (`eos_token_id`, `pad_token_id`, `decoder_start_token_id`); the first counts
  /// where both do. The text of `bytes` ends with the byte 0, which no text has.
  /// - Parameter name: A checkpoint's folder, a `tokenizer.json`, or `bytes`.
  /// - Throws: `FileReadError`, `TokenizerError`; `DataError` where a file beside is no JSON.
  public init(named name: String, vocabularySize: Int? = nil) throws {
    let tokenizer = try Tokenizer(named: name)
    guard name != "bytes" else {
      self.init(tokenizer: tokenizer, vocabularySize: vocabularySize, endOfText: 0)
      return
    }
    let files = try TokenFiles(beside: name)
    self.init(
      tokenizer: tokenizer, vocabularySize: vocabularySize,
      endOfText: files.token("eos_token", tokenizer),
      padding: files.token("pad_token", tokenizer),
      decoderStart: files.number("decoder_start_token_id"))
    folder = TokenFiles.folder(of: name)
  }
}
