/// How tokens become a text again: each step changes the list of them, which is joined in the end.
indirect enum Decoder: Sendable {
  case sequence([Decoder])
  case byteLevel
  case byteFallback
  case fuse
  case strip(Unicode.Scalar, start: Int, stop: Int)
  case replace(TextPattern, with: [UInt8])
  case metaspace(replacement: Unicode.Scalar, dropsFirst: Bool)
  case wordPiece(prefix: [UInt8], cleansUp: Bool)
  case wordSuffix([UInt8])

  func decoded(_ tokens: [[UInt8]]) throws(EncodingProblem) -> [[UInt8]] {
    try decoded(tokens, limit: 64 * tokens.reduce(0) { $0 + $1.count } + 1 << 20)
  }

  private func decoded(_ tokens: [[UInt8]], limit: Int) throws(EncodingProblem) -> [[UInt8]] {
    switch self {
    case .sequence(let parts):
      var tokens = tokens
      for part in parts { tokens = try part.decoded(tokens, limit: limit) }
      return tokens
    case .byteLevel: return [Self.repaired(tokens.flatMap(Self.bytes))]
    case .byteFallback: return Self.withBytes(tokens)
    case .fuse: return [Array(tokens.joined())]
    case .strip(let scalar, let start, let stop):
      return tokens.map { Self.stripped($0, of: Array(UTF8.encode(scalar)!), start, stop) }
    case .replace(let pattern, let content):
      var result: [[UInt8]] = []
      var left = limit
      for token in tokens {
        result.append(
          try AlignedText(token).replacing(pattern, with: content, limit: left).bytes)
        left -= result[result.count - 1].count
      }
      return result
    case .metaspace(let replacement, let dropsFirst):
      let wanted = Array(UTF8.encode(replacement)!)
      return tokens.enumerated().map { index, token in
        Self.replacing(wanted, with: index == 0 && dropsFirst ? [] : [UInt8(ascii: " ")], in: token)
      }
    case .wordPiece(let prefix, let cleansUp):
      return tokens.enumerated().map { index, token in
        var text = token
        if index > 0 {
          text = text.starts(with: prefix) ? Array(text.dropFirst(prefix.count)) : [0x20] + text
        }
        return cleansUp ? Self.cleanedUp(text) : text
      }
    case .wordSuffix(let suffix):
      return tokens.enumerated().map { index, token in
        let isLast = index == tokens.count - 1
        return Self.replacing(suffix, with: isLast ? [] : [UInt8(ascii: " ")], in: token)
      }
    }
  }

  // MARK: Steps

  /// The bytes that a token's characters stand for; its own where one of them stands for none.
  private static func bytes(of token: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    for scalar in String(decoding: token, as: UTF8.self).unicodeScalars {
      guard let byte = ByteAlphabet.byte(of: scalar) else { return token }
      bytes.append(byte)
    }
    return bytes
  }

  /// UTF-8, with U+FFFD for what is not.
  static func repaired(_ bytes: [UInt8]) -> [UInt8] {
    Array(String(decoding: bytes, as: UTF8.self).utf8)
  }

  /// Joins tokens such as `<0xE2>` to characters; where they are none, each becomes U+FFFD.
  private static func withBytes(_ tokens: [[UInt8]]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var bytes: [UInt8] = []
    func flush() {
      guard !bytes.isEmpty else { return }
      if repaired(bytes) == bytes {
        result.append(bytes)
      } else {
        result += Array(repeating: Array("\u{FFFD}".utf8), count: bytes.count)
      }
      bytes = []
    }
    for token in tokens {
      if token.count == 6, token.starts(with: "<0x".utf8), token[5] == UInt8(ascii: ">"),
        let byte = UInt8(String(decoding: token[3..<5], as: UTF8.self), radix: 16)
      {
        bytes.append(byte)
      } else {
        flush()
        result.append(token)
      }
    }
    flush()
    return result
  }

  private static func stripped(
    _ token: [UInt8], of wanted: [UInt8], _ start: Int, _ stop: Int
  ) -> [UInt8] {
    var token = token[...]
    for _ in 0..<min(start, token.count) where token.starts(with: wanted) {
      token = token.dropFirst(wanted.count)
    }
    for _ in 0..<min(stop, token.count) where token.suffix(wanted.count) == wanted[...] {
      token = token.dropLast(wanted.count)
    }
    return Array(token)
  }

  private static func replacing(_ wanted: [UInt8], with new: [UInt8], in token: [UInt8]) -> [UInt8]
  {
    var result: [UInt8] = []
    var end = 0
    for place in TextPattern.places(of: wanted, in: token) {
      result += token[end..<place.lowerBound] + new
      end = place.upperBound
    }
    return result + token[end...]
  }

  /// BERT's way to take spaces out of English.
  private static func cleanedUp(_ text: [UInt8]) -> [UInt8] {
    [
      (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
      (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ].reduce(text) { replacing(Array($1.0.utf8), with: Array($1.1.utf8), in: $0) }
  }
}

extension Decoder {
  init(_ section: Section) throws(TokenizerError) {
    let type = try section.text("type")
    switch type {
    case "Sequence":
      try section.allow(["decoders"])
      var parts: [Decoder] = []
      for part in try section["decoders"].steps() { parts.append(try Decoder(part)) }
      self = .sequence(parts)
    case "ByteLevel":
      try section.allow(["add_prefix_space", "trim_offsets", "use_regex"])
      self = .byteLevel
    case "ByteFallback":
      try section.allow([])
      self = .byteFallback
    case "Fuse":
      try section.allow([])
      self = .fuse
    case "Strip":
      try section.allow(["content", "start", "stop"])
      self = .strip(
        try section.character("content"), start: try section.count("start"),
        stop: try section.count("stop"))
    case "Replace":
      try section.allow(["pattern", "content"])
      self = .replace(
        try TextPattern(section["pattern"]), with: Array(try section.text("content").utf8))
    case "Metaspace":
      let metaspace = try Metaspace(section)
      self = .metaspace(
        replacement: metaspace.replacement, dropsFirst: metaspace.scheme != .never)
    case "WordPiece":
      try section.allow(["prefix", "cleanup"])
      self = .wordPiece(
        prefix: Array(try section.text("prefix").utf8), cleansUp: try section.flag("cleanup"))
    case "BPEDecoder":
      try section.allow(["suffix"])
      self = .wordSuffix(Array(try section.text("suffix").utf8))
    default: throw section.error(.unsupported(component: type))
    }
  }
}
