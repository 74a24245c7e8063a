import OrderedCollections
import PeftBasics

/// What `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json` say together, as transformers
/// reads them.
///
/// The last two are files of earlier releases. Where `tokenizer_config.json` has `added_tokens_decoder`,
/// transformers does not look at them; where it has none, the tokens of `tokenizer.json` count like those of it.
struct TokenizerSettings {
  /// The special tokens that have names in every tokenizer, in the order in which they get ids.
  static let standardNames = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]

  /// Options of the tokenizer's class.
  private let options: Section
  /// Special tokens by name; nil where a file says that there is none.
  private(set) var named: OrderedDictionary<String, TokenSetting?> = [:]
  /// Special tokens without a name; nil where no file has them.
  private(set) var extra: [TokenSetting]?
  /// The same under an old name, which some classes know.
  private(set) var additional: [TokenSetting]?
  /// Added tokens in the order of the ids that the files give them.
  private(set) var added: [(id: Int, token: TokenSetting, place: Section)] = []
  private(set) var warnings: [String] = []

  init(_ files: TokenizerFolder, file: TokenizerFile?) throws(TokenizerError) {
    options = files.configuration ?? Section(value: .map([:]), path: files.path, place: "")
    try readTokens(options, movesAdditional: true)
    var added: [Int: (token: TokenSetting, place: Section)] = [:]
    if let decoder = try options.optional("added_tokens_decoder") {
      for (id, section) in try decoder.entries() {
        guard let number = Int(id), 0...TokenTable.largestID ~= number else {
          throw decoder.error(.badID(id, limit: TokenTable.largestID))
        }
        added[number] = (try TokenSetting(section), section)
      }
    } else {
      if let map = files.specialTokensMap { try readTokens(map, movesAdditional: false) }
      if let tokens = files.addedTokens {
        let special = Set((named.values.compactMap { $0 } + (extra ?? [])).map(\.content))
        for (content, section) in try tokens.entries() {
          let isSpecial = special.contains(content)
          let token = AddedToken(
            id: 0, content: content, isSpecial: isSpecial, isNormalized: !isSpecial)
          added[try section.id()] = (TokenSetting(token), section)
        }
      }
      for section in try file?.section.optional("added_tokens")?.elements() ?? [] {
        let token = try AddedToken(section)
        added[token.id] = (TokenSetting(token), section)
      }
    }
    self.added = added.sorted { $0.key < $1.key }.map { ($0.key, $0.value.token, $0.value.place) }
    let settings = Dictionary(
      added.values.map { ($0.token.content, $0.token) }, uniquingKeysWith: { $1 })
    for (name, token) in named {
      if let token, let setting = settings[token.content], Self.standardNames.contains(name) {
        named[name] = setting
      }
    }
    if let padding = try file?.section.optional("padding")?.optional("pad_token"),
      named["pad_token"] == nil
    {
      named["pad_token"] = try TokenSetting(padding)
    }
  }

  /// Reads special tokens; what was read before counts less.
  /// - Parameter movesAdditional: Whether `additional_special_tokens` are the extra ones, where there are no
  ///   others.
  private mutating func readTokens(
    _ section: Section, movesAdditional: Bool
  ) throws(TokenizerError) {
    for (name, value) in try section.entries() where name.hasSuffix("_token") {
      let isStandard = Self.standardNames.contains(name)
      switch value.value {
      case .null: if isStandard { named[name] = .some(nil) }
      case .text, .map: named[name] = try TokenSetting(value)
      default: if isStandard { _ = try value.text() }
      }
    }
    func tokens(_ name: String) throws(TokenizerError) -> [TokenSetting]? {
      guard let section = try section.optional(name) else { return nil }
      if case .map = section.value {
        for (name, value) in try section.entries() { named[name] = try TokenSetting(value) }
        return nil
      }
      var tokens: [TokenSetting] = []
      for element in try section.elements() { tokens.append(try TokenSetting(element)) }
      return tokens
    }
    if let tokens = try tokens("extra_special_tokens") { extra = tokens }
    if let tokens = try tokens("additional_special_tokens") {
      if movesAdditional, extra?.isEmpty != false { extra = tokens } else { additional = tokens }
    }
  }

  // MARK: Options

  func flag(_ name: String, default standard: Bool) throws(TokenizerError) -> Bool {
    try options.flag(name, default: standard)
  }

  /// A flag that a file may leave out.
  func flag(_ name: String) throws(TokenizerError) -> Bool? {
    try options.optional(name) == nil ? nil : options.flag(name)
  }

  func count(_ name: String, default standard: Int) throws(TokenizerError) -> Int {
    try options.count(name, default: standard)
  }

  func error(_ reason: TokenizerError.Reason) -> TokenizerError { options.error(reason) }

  /// The longest text that the model takes, in tokens; nil where no file says so, or 10³⁰.
  var longestText: Int? {
    guard let number = options.value["model_max_length"] ?? options.value["max_len"] else {
      return nil
    }
    return number.count
  }
}
