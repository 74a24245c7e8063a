import OrderedCollections
import PeftBasics

/// Makes a tokenizer from the files of a folder, as AutoTokenizer does.
struct TokenizerMaker {
  private let folder: TokenizerFolder
  private let file: TokenizerFile?
  private let settings: TokenizerSettings
  private var warnings: [String]

  init(_ path: String) throws {
    folder = try TokenizerFolder(path: path)
    file = try folder.optional(Tokenizer.fileName) { try TokenizerFile($0, path: $1) }
    settings = try TokenizerSettings(folder, file: file)
    warnings = []
    if try settings.flag("split_special_tokens", default: false) {
      throw settings.error(.unsupportedOption("split_special_tokens"))
    }
  }

  mutating func tokenizer() throws -> Tokenizer {
    switch TokenizerClass.choice(for: folder, file) {
    case .made(let made): return try tokenizer(made)
    case .asWritten: break
    case .unknown(let name):
      warnings.append(
        "tokenizer: transformers makes \(name) in a way of its own; here tokenizer.json is used as it "
          + "is, which may give other ids")
    }
    guard let file else {
      for name in ["tokenizer.model", "spiece.model", "sentencepiece.bpe.model"] {
        _ = try VocabularyFiles.sentencePiece(name).vocabulary(in: folder)
      }
      throw TokenizerError(reason: .noTokenizer, path: folder.path, part: "")
    }
    let normalizer = try file.normalizer()
    var list = try file.addedTokens()
    let named = settings.named
    list.add(new(named, extra: settings.extra ?? settings.additional ?? [], known: list))
    let model = TokenizerParts(
      model: try file.model.model(), normalizer: normalizer,
      preTokenizer: try file.preTokenizer(), decoder: try file.decoder())
    return try tokenizer(
      model, file.model.vocabulary, list, try file.postProcessor(), named)
  }

  private mutating func tokenizer(_ made: TokenizerClass) throws -> Tokenizer {
    let vocabulary = try file?.model.vocabulary ?? made.files.vocabulary(in: folder)
    guard let vocabulary else {
      throw TokenizerError(reason: .noTokenizer, path: folder.path, part: "")
    }
    let named = named(made)
    let input = ClassInput(
      settings: settings, vocabulary: vocabulary, characterMap: try file?.characterMap(),
      tokens: Dictionary(
        uniqueKeysWithValues: named.compactMap { name, token in
          token.map { (name, $0.content) }
        }))
    let parts = try made.parts(input)
    var list = AddedTokenList(vocabulary)
    let extra = try settings.extra ?? made.additional(input) ?? []
    list.add(new(named, extra: extra, known: list))
    if made.resetsSpecialTokens {
      let special = named.values.compactMap { $0 } + extra
      list.add(special.map { TokenSetting($0.content).token(isSpecial: true) })
    }
    let post = try postProcessor(made.ending, input.tokens, list, vocabulary.table)
    return try tokenizer(parts, vocabulary, list, post, named)
  }

  /// The special tokens of a class, which files may name otherwise, in the order in which they get ids.
  private func named(_ made: TokenizerClass) -> OrderedDictionary<String, TokenSetting?> {
    var named: OrderedDictionary<String, TokenSetting?> = [:]
    let standard = Dictionary(uniqueKeysWithValues: made.tokens.map { ($0, $1) })
    for name in TokenizerSettings.standardNames + made.tokens.map(\.key)
    where named[name] == nil {
      guard let token = settings.named[name] ?? standard[name].map({ TokenSetting($0) }) else {
        continue
      }
      let takesSpaces = made.strippingLeft.contains(name)
      named.updateValue(takesSpaces ? token.strippingLeft : token, forKey: name)
    }
    for (name, token) in settings.named where named[name] == nil { named[name] = token }
    return named
  }

  /// The tokens that the files have and a tokenizer lacks, in the order in which they get ids.
  private func new(
    _ named: OrderedDictionary<String, TokenSetting?>, extra: [TokenSetting], known: AddedTokenList
  ) -> [AddedToken] {
    var tokens = settings.added.map(\.token)
    var contents = Set(tokens.map(\.content) + known.tokens.map(\.content))
    let order = TokenizerSettings.standardNames + named.keys
    var isDone: Set<String> = []
    var special: [TokenSetting] = []
    for name in order where isDone.insert(name).inserted {
      if let token = named[name] ?? nil { special.append(token) }
    }
    for token in special + extra where contents.insert(token.content).inserted {
      tokens.append(token)
    }
    let names = Set(special.map(\.content))
    return tokens.map { $0.token(isSpecial: names.contains($0.content)) }
  }

  private func postProcessor(
    _ ending: TokenizerClass.Ending, _ names: [String: String], _ list: AddedTokenList,
    _ table: TokenTable
  ) throws(TokenizerError) -> PostProcessor? {
    func template(_ pieces: [TokenizerClass.Piece]) throws(TokenizerError) -> PostProcessor {
      var result: [PostProcessor.TemplatePiece] = []
      for piece in pieces {
        guard let name = piece.name else {
          result.append(.text(typeID: piece.typeID))
          continue
        }
        guard let content = names[name],
          let id = list.token(content)?.id ?? table.id(of: Array(content.utf8))
        else { throw settings.error(.missing(field: name)) }
        result.append(.tokens([PostProcessor.inserted(content, id, typeID: piece.typeID)]))
      }
      return .template(result)
    }
    switch ending {
    case .file(let pieces):
      if let post = try file?.postProcessor() { return post }
      if let pieces { return try template(pieces) }
      guard file == nil else { return nil }
      return try postProcessor(.options(addsFirst: false), names, list, table)
    case .template(let pieces): return try template(pieces)
    case .roberta(let pieces):
      let addsSpace = try settings.flag("add_prefix_space", default: false)
      let trims = try settings.flag("trim_offsets", default: true)
      return .sequence((trims ? [.trim(addsSpace: addsSpace)] : []) + [try template(pieces)])
    case .options(let addsFirst):
      var (first, last) = (addsFirst, false)
      if file == nil {
        first = try settings.flag("add_bos_token", default: addsFirst)
        last = try settings.flag("add_eos_token", default: false)
      }
      return try template(
        (first && names["bos_token"] != nil ? [.token("bos_token")] : []) + [.text]
          + (last && names["eos_token"] != nil ? [.token("eos_token")] : []))
    }
  }

  // MARK: The whole

  private mutating func tokenizer(
    _ parts: TokenizerParts, _ vocabulary: Vocabulary, _ list: AddedTokenList,
    _ post: PostProcessor?,
    _ named: OrderedDictionary<String, TokenSetting?>
  ) throws(TokenizerError) -> Tokenizer {
    warn(about: list, vocabulary.table)
    let added: AddedTokens
    do throws(EncodingProblem) {
      added = try AddedTokens(list, normalizer: parts.normalizer)
    } catch {
      throw TokenizerError(error, path: folder.path)
    }
    return Tokenizer(
      path: file == nil ? folder.path : "\(folder.path)/\(Tokenizer.fileName)",
      vocabulary: vocabulary,
      parts: parts, added: added, postProcessor: post,
      specialTokens: named.compactMapValues { $0?.content }, longestText: settings.longestText,
      warnings: warnings)
  }

  /// Warns where a file gives a token another id than the tokenizer, or has one that transformers does not
  /// look at.
  private mutating func warn(about list: AddedTokenList, _ table: TokenTable) {
    func id(of content: String) -> Int? {
      list.token(content)?.id ?? table.id(of: Array(content.utf8))
    }
    for token in list.tokens {
      guard let other = table.token(token.id), !other.elementsEqual(token.content.utf8) else {
        continue
      }
      warnings.append(
        "\(folder.path): '\(token.content.shown)' gets the id \(token.id.grouped) of "
          + "'\(String(decoding: other, as: UTF8.self).shown)', as in transformers, since the vocabulary "
          + "lists a token twice")
      if warnings.count > 8 { return }
    }
    var moved = settings.added.map { (content: $0.token.content, id: $0.id, place: $0.place) }
    for (content, place) in (try? folder.addedTokens?.entries()) ?? [] {
      guard let number = try? place.id() else { continue }
      moved.append((content, number, place))
    }
    for (content, number, place) in moved {
      switch id(of: content) {
      case number?: continue
      case let other?:
        warnings.append(
          "\(place.path): '\(content.shown)' has the id \(number.grouped) there, and \(other.grouped) in "
            + "the tokenizer, as in transformers")
      case nil where content.isEmpty: continue
      case nil:
        warnings.append(
          "\(place.path): '\(content.shown)' is no token, as in transformers, which does not read that file "
            + "where \(TokenizerFolder.configurationName) has added_tokens_decoder")
      }
      if warnings.count > 8 { return }
    }
  }
}
