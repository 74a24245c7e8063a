/// A class of transformers that makes a tokenizer from a vocabulary in a way of its own, whatever else
/// `tokenizer.json` says: normalisation, pieces and decoding follow from the class and its options.
///
/// What it does was read in transformers 5.24.0; `Tests/Fixtures/generate/tokenizer_folders.py` records what
/// AutoTokenizer answers.
struct TokenizerClass: Sendable {
  /// Its name and others that transformers has for it, without `Fast` at their ends.
  let names: [String]
  /// The files it reads where there is no `tokenizer.json`.
  let files: VocabularyFiles
  /// Its special tokens where no file names others.
  let tokens: KeyValuePairs<String, String>
  /// The names of tokens that take along the spaces before them.
  var strippingLeft: Set<String> = []
  /// Special tokens without a name, from those that a file has under an old name.
  var additional: @Sendable (ClassInput) throws(TokenizerError) -> [TokenSetting]? = {
    $0.settings.additional
  }
  /// Whether its special tokens lose the settings that files give them.
  var resetsSpecialTokens = false
  let parts: @Sendable (ClassInput) throws(TokenizerError) -> TokenizerParts
  var ending = Ending.file(orElse: nil)

  /// What is put around a text.
  enum Ending: Sendable {
    /// What `tokenizer.json` says; where it says nothing, the template.
    case file(orElse: [Piece]?)
    case template([Piece])
    /// The same, with spaces off the ranges as RoBERTa has it.
    case roberta([Piece])
    /// The first and last token as `add_bos_token` and `add_eos_token` say, which count only without a
    /// `tokenizer.json`.
    case options(addsFirst: Bool)
  }

  /// The text, or a special token by its name, with its segment.
  struct Piece: Sendable {
    let name: String?
    var typeID = 0

    static let text = Piece(name: nil)
    static func token(_ name: String, typeID: Int = 0) -> Piece {
      Piece(name: name, typeID: typeID)
    }
  }

  /// A token before the text, and one after it.
  static func around(_ first: String, _ last: String) -> [Piece] {
    [.token(first), .text, .token(last)]
  }
}

/// What a class makes a tokenizer from.
struct ClassInput {
  let settings: TokenizerSettings
  let vocabulary: Vocabulary
  let characterMap: CharacterMap?
  /// The texts of special tokens by their names.
  let tokens: [String: String]

  func flag(_ name: String, default standard: Bool) throws(TokenizerError) -> Bool {
    try settings.flag(name, default: standard)
  }

  func bytePair(_ change: (inout BytePairModel.Options) -> Void = { _ in })
    throws(TokenizerError) -> TokenModel
  {
    var options = BytePairModel.Options()
    change(&options)
    return try vocabulary.bytePair(options)
  }

  /// The id of a token whose score is 0 in the vocabulary; nil where there is none.
  func idOfUnknown(scoring score: Double? = nil) -> Int? {
    guard let id = vocabulary.table.id(of: Array((tokens["unk_token"] ?? "").utf8)) else {
      return nil
    }
    guard let score, id < vocabulary.scores.count else { return id }
    return vocabulary.scores[id] == score ? id : nil
  }
}

/// A tokenizer but for its added tokens and what is put around a text.
struct TokenizerParts {
  let model: TokenModel
  var normalizer: Normalizer?
  let preTokenizer: PreTokenizer?
  let decoder: Decoder?
}
