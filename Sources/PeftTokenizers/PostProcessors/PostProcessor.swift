/// What is done to the tokens of a text in the end: special tokens around it, spaces off ranges.
indirect enum PostProcessor: Sendable {
  case sequence([PostProcessor])
  case template([TemplatePiece])
  case trim(addsSpace: Bool)
  case nothing

  enum TemplatePiece: Sendable {
    case text(typeID: Int)
    case tokens([Encoding.Token])
  }

  func apply(
    to tokens: inout [Encoding.Token], of text: UnsafeBufferPointer<UInt8>,
    addingSpecialTokens: Bool
  ) {
    switch self {
    case .nothing: break
    case .sequence(let parts):
      for part in parts {
        part.apply(to: &tokens, of: text, addingSpecialTokens: addingSpecialTokens)
      }
    case .trim(let addsSpace):
      for index in tokens.indices {
        tokens[index].trim(text, isFirst: index == 0, addsSpace: addsSpace)
      }
    case .template(let pieces):
      var result: [Encoding.Token] = []
      for piece in pieces {
        switch piece {
        case .text(let typeID):
          result += tokens.map { token in
            var token = token
            token.typeID = typeID
            return token
          }
        case .tokens(let inserted): if addingSpecialTokens { result += inserted }
        }
      }
      tokens = result
    }
  }
}

extension Encoding.Token {
  /// Leaves the spaces at either end out of the range.
  fileprivate mutating func trim(
    _ bytes: UnsafeBufferPointer<UInt8>, isFirst: Bool, addsSpace: Bool
  ) {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == "Ġ" || scalar.isSpace }
    let scalars = text.unicodeScalars
    let leading = scalars.prefix(while: isSpace).count
    let trailing = scalars.reversed().prefix(while: isSpace).count
    var (start, end) = (range.lowerBound, range.upperBound)
    // A single space before a text is probably one that was added, and not in the range.
    let isAdded = addsSpace && leading == 1 && (isFirst || start == 0)
    for _ in 0..<(isAdded ? 0 : leading) where start < end && bytes.scalar(at: start).isSpace {
      start += bytes[start].utf8Width
    }
    for _ in 0..<trailing where start < end && bytes.scalar(before: end).isSpace {
      end -= UTF8.width(bytes.scalar(before: end))
    }
    range = start..<(leading == scalars.count ? start : end)
  }
}

extension PostProcessor {
  init(_ section: Section) throws(TokenizerError) {
    let type = try section.text("type")
    switch type {
    case "Sequence":
      try section.allow(["processors"])
      var parts: [PostProcessor] = []
      for part in try section["processors"].steps() { parts.append(try PostProcessor(part)) }
      self = .sequence(parts)
    case "ByteLevel":
      try section.allow(["add_prefix_space", "trim_offsets", "use_regex"])
      let trims = try section.flag("trim_offsets")
      self = trims ? .trim(addsSpace: try section.flag("add_prefix_space")) : .nothing
    case "BertProcessing":
      try section.allow(["sep", "cls"])
      self = try Self.enclosing(section)
    case "RobertaProcessing":
      try section.allow(["sep", "cls", "trim_offsets", "add_prefix_space"])
      let trims = try section.flag("trim_offsets")
      let addsSpace = try section.flag("add_prefix_space")
      self = .sequence((trims ? [.trim(addsSpace: addsSpace)] : []) + [try Self.enclosing(section)])
    case "TemplateProcessing": self = try Self.template(section)
    default: throw section.error(.unsupported(component: type))
    }
  }

  static func inserted(_ text: String, _ id: Int, typeID: Int = 0) -> Encoding.Token {
    Encoding.Token(id: id, text: text, range: 0..<0, typeID: typeID, isInserted: true)
  }

  private static func enclosing(_ section: Section) throws(TokenizerError) -> PostProcessor {
    func token(_ name: String) throws(TokenizerError) -> Encoding.Token {
      let pair = try section[name].elements()
      guard pair.count == 2 else {
        throw try section[name].error(
          .wrongKind(found: "a list", expected: "a token and its id"))
      }
      return inserted(try pair[0].text(), try pair[1].id())
    }
    return .template([
      .tokens([try token("cls")]), .text(typeID: 0), .tokens([try token("sep")]),
    ])
  }

  private static func template(_ section: Section) throws(TokenizerError) -> PostProcessor {
    try section.allow(["single", "pair", "special_tokens"])
    var specials: [[UInt8]: [(String, Int)]] = [:]
    for (name, token) in try section["special_tokens"].entries() {
      let (ids, texts) = (try token["ids"].elements(), try token["tokens"].elements())
      guard ids.count == texts.count else {
        throw token.error(.wrongKind(found: "other numbers", expected: "as many ids as tokens"))
      }
      var tokens: [(String, Int)] = []
      for (id, text) in zip(ids, texts) { tokens.append((try text.text(), try id.id())) }
      specials[Array(name.utf8)] = tokens
    }
    var pieces: [TemplatePiece] = []
    for piece in try section["single"].steps() {
      if let special = try piece.optional("SpecialToken") {
        let name = try special.text("id")
        let typeID = try special.count("type_id")
        guard let tokens = specials[Array(name.utf8)] else {
          throw special.error(.unknownToken(name))
        }
        pieces.append(.tokens(tokens.map { inserted($0, $1, typeID: typeID) }))
      } else {
        let sequence = try piece["Sequence"]
        guard try sequence.text("id") == "A" else {
          throw sequence.error(.unsupported(component: try sequence.text("id")))
        }
        for case .text in pieces { throw sequence.error(.unsupported(component: "A twice")) }
        pieces.append(.text(typeID: try sequence.count("type_id")))
      }
    }
    return .template(pieces)
  }
}
