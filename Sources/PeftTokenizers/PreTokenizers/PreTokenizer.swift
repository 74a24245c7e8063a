/// A way to cut a text into pieces, each of which becomes tokens by itself.
indirect enum PreTokenizer: Sendable {
  case sequence([PreTokenizer])
  case byteLevel(addsSpace: Bool, pattern: TextPattern?)
  case split([(pattern: TextPattern, behavior: SplitBehavior, isInverted: Bool)])
  case metaspace(Metaspace)

  func pieces(of text: AlignedText) throws(EncodingProblem) -> [AlignedText] {
    switch self {
    case .sequence(let parts):
      var pieces = [text]
      for part in parts {
        var next: [AlignedText] = []
        for piece in pieces { next += try part.pieces(of: piece) }
        pieces = next
      }
      return pieces
    case .byteLevel(let addsSpace, let pattern):
      var text = text
      if addsSpace, text.bytes.first != UInt8(ascii: " ") { text.prepend(" ") }
      guard let pattern else { return [ByteAlphabet.spelled(text)] }
      return try cut(text, pattern, .isolated, isInverted: false).map(ByteAlphabet.spelled)
    case .split(let steps):
      var pieces = [text]
      for step in steps {
        var next: [AlignedText] = []
        for piece in pieces {
          next += try cut(piece, step.pattern, step.behavior, isInverted: step.isInverted)
        }
        pieces = next
      }
      return pieces
    case .metaspace(let metaspace): return try metaspace.pieces(of: text)
    }
  }
}

func cut(
  _ text: AlignedText, _ pattern: TextPattern, _ behavior: SplitBehavior, isInverted: Bool
) throws(EncodingProblem) -> [AlignedText] {
  behavior.pieces(of: text.count, at: try pattern.matches(in: text), isInverted: isInverted)
    .map { text[$0] }
}

extension PreTokenizer {
  init(_ section: Section) throws(TokenizerError) {
    let type = try section.text("type")
    switch type {
    case "Sequence":
      try section.allow(["pretokenizers"])
      var parts: [PreTokenizer] = []
      for part in try section["pretokenizers"].steps() { parts.append(try PreTokenizer(part)) }
      self = .sequence(parts)
    case "ByteLevel":
      try section.allow(["add_prefix_space", "trim_offsets", "use_regex"])
      let splits = try section.flag("use_regex", default: true)
      self = .byteLevel(
        addsSpace: try section.flag("add_prefix_space"), pattern: splits ? Self.gpt2 : nil)
    case "Split":
      try section.allow(["pattern", "behavior", "invert"])
      let step = (
        pattern: try TextPattern(section["pattern"]),
        behavior: try SplitBehavior(section["behavior"]), isInverted: try section.flag("invert")
      )
      self = .split([step])
    case "Whitespace":
      try section.allow([])
      self = .split([
        (.scalars(\.isSpace), .removed, false), (.scalars(\.isWord), .contiguous, false),
      ])
    case "WhitespaceSplit":
      try section.allow([])
      self = .whitespaceSplit
    case "BertPreTokenizer":
      try section.allow([])
      self = .bert
    case "Metaspace": self = .metaspace(try Metaspace(section))
    case "Digits":
      try section.allow(["individual_digits"])
      self = .split(
        at: \.isNumber, try section.flag("individual_digits") ? .isolated : .contiguous)
    case "Punctuation":
      try section.allow(["behavior"])
      let behavior = try section.optional("behavior")
      self = .split(at: \.isPunctuation, try behavior.map(SplitBehavior.init) ?? .isolated)
    default: throw section.error(.unsupported(component: type))
    }
  }

  static func split(
    at isMatch: @escaping @Sendable (Unicode.Scalar) -> Bool, _ behavior: SplitBehavior
  ) -> PreTokenizer {
    .split([(.scalars(isMatch), behavior, false)])
  }

  static let whitespaceSplit = split(at: \.isSpace, .removed)
  static let bert = PreTokenizer.split([
    (.scalars(\.isSpace), .removed, false), (.scalars(\.isPunctuation), .isolated, false),
  ])

  private static let gpt2 = TextPattern(
    known: #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#)

  /// GPT-2's: cut by its pattern, bytes as characters.
  static func gpt2(addsSpace: Bool) -> PreTokenizer {
    .byteLevel(addsSpace: addsSpace, pattern: gpt2)
  }
}
