/// A change to a text before it is cut into pieces.
indirect enum Normalizer: Sendable {
  case sequence([Normalizer])
  case form(UnicodeForm)
  case lowercase
  case strip(left: Bool, right: Bool)
  case stripAccents
  case replace(TextPattern, with: [UInt8])
  case prepend(String)
  case bert(BertNormalizer)
  case precompiled(CharacterMap)
  case nmt
  case byteLevel

  /// - Throws: `EncodingProblem.growsTooMuch` where the text becomes 64 times as long, and a megabyte.
  func normalized(_ text: AlignedText) throws(EncodingProblem) -> AlignedText {
    try normalized(text, limit: 64 * text.count + 1 << 20)
  }

  private func normalized(_ text: AlignedText, limit: Int) throws(EncodingProblem) -> AlignedText {
    switch self {
    case .sequence(let parts):
      var text = text
      for part in parts { text = try part.normalized(text, limit: limit) }
      return text
    case .form(let form): return form.normalized(text)
    case .lowercase: return text.lowercased()
    case .strip(let left, let right): return text.stripped(left: left, right: right)
    case .stripAccents:
      return text.filtered { !$0.isStrippedMark }
    case .replace(let pattern, let content):
      return try text.replacing(pattern, with: content, limit: limit)
    case .prepend(let prefix):
      var text = text
      guard text.count + prefix.utf8.count <= limit else { throw .growsTooMuch }
      text.prepend(prefix)
      return text
    case .bert(let normalizer): return normalizer.normalized(text)
    case .precompiled(let map): return try map.normalized(text, limit: limit)
    case .nmt: return text.withoutControls()
    case .byteLevel: return ByteAlphabet.spelled(text)
    }
  }
}

extension Normalizer {
  init(_ section: Section) throws(TokenizerError) {
    let type = try section.text("type")
    switch type {
    case "Sequence":
      try section.allow(["normalizers"])
      var parts: [Normalizer] = []
      for part in try section["normalizers"].steps() { parts.append(try Normalizer(part)) }
      self = .sequence(parts)
    case "NFC", "NFD", "NFKC", "NFKD":
      try section.allow([])
      self = .form(UnicodeForm(rawValue: type)!)
    case "Lowercase":
      try section.allow([])
      self = .lowercase
    case "Strip":
      try section.allow(["strip_left", "strip_right"])
      self = .strip(left: try section.flag("strip_left"), right: try section.flag("strip_right"))
    case "StripAccents":
      try section.allow([])
      self = .stripAccents
    case "Replace":
      try section.allow(["pattern", "content"])
      self = .replace(
        try TextPattern(section["pattern"]), with: Array(try section.text("content").utf8))
    case "Prepend":
      try section.allow(["prepend"])
      self = .prepend(try section.text("prepend"))
    case "BertNormalizer": self = .bert(try BertNormalizer(section))
    case "Precompiled":
      try section.allow(["precompiled_charsmap"])
      self = .precompiled(try CharacterMap(section))
    case "Nmt":
      try section.allow([])
      self = .nmt
    case "ByteLevel":
      try section.allow([])
      self = .byteLevel
    default: throw section.error(.unsupported(component: type))
    }
  }
}

extension CharacterMap {
  init(_ section: Section) throws(TokenizerError) {
    let place = try section["precompiled_charsmap"]
    let base64 = try place.text()
    do throws(Problem) {
      try self.init(base64: base64)
    } catch {
      throw place.error(.badCharacterMap(error.text))
    }
  }
}

extension AlignedText {
  /// Without control characters, and with a space for what looks like one: SentencePiece's `nmt` rules.
  func withoutControls() -> AlignedText {
    mapped { scalar, range, result in
      switch scalar.value {
      case 0x1...0x8, 0xB, 0xE...0x1F, 0x7F, 0x8F, 0x9F: break
      case 0x9, 0xA, 0xC, 0xD, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
        result.append(" ".utf8, origin: origins[range.lowerBound])
      default: result.append(self, range)
      }
    }
  }

  /// Every character by itself: a sigma at a word's end stays `σ`.
  func lowercased() -> AlignedText {
    mapped { scalar, range, result in
      if 0x41...0x5A ~= scalar.value {
        result.append(
          CollectionOfOne(bytes[range.lowerBound] | 0x20), origin: origins[range.lowerBound])
      } else if scalar.value < 0x80 || !scalar.properties.changesWhenLowercased {
        result.append(self, range)
      } else {
        result.append(scalar.properties.lowercaseMapping.utf8, origin: origins[range.lowerBound])
      }
    }
  }

  func stripped(left: Bool, right: Bool) -> AlignedText {
    var (start, end) = (0, count)
    bytes.withUnsafeBufferPointer { bytes in
      while left, start < end, bytes.scalar(at: start).isSpace {
        start += bytes[start].utf8Width
      }
      while right, end > start, bytes.scalar(before: end).isSpace {
        end -= 1
        while !bytes[end].beginsCharacter { end -= 1 }
      }
    }
    return self[start..<end]
  }

  func replacing(_ pattern: TextPattern, with content: [UInt8], limit: Int) throws(EncodingProblem)
    -> AlignedText
  {
    let matches = try pattern.matches(in: self)
    guard !matches.isEmpty else { return self }
    let (added, overflow) = matches.count.multipliedReportingOverflow(by: content.count)
    guard !overflow, added <= limit, added + count <= limit else { throw .growsTooMuch }
    var result = AlignedText()
    result.reserveCapacity(count)
    var end = 0
    for match in matches {
      result.append(self, end..<match.lowerBound)
      let origin =
        match.isEmpty
        ? Origin(start: 0, end: 0)
        : Origin(start: origins[match.lowerBound].start, end: origins[match.upperBound - 1].end)
      result.append(content, origin: origin)
      end = match.upperBound
    }
    result.append(self, end..<count)
    return result
  }
}
