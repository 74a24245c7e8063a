/// BERT's: control characters out, spaces around Chinese characters, accents off, lower case.
struct BertNormalizer: Sendable {
  let cleansText: Bool
  let separatesChinese: Bool
  let stripsAccents: Bool
  let lowercases: Bool

  func normalized(_ text: AlignedText) -> AlignedText {
    var text = text
    if cleansText { text = cleaned(text) }
    if separatesChinese {
      text = text.mapped { scalar, range, result in
        let isChinese = scalar.isChineseCharacter
        let origin = text.origins[range.lowerBound]
        if isChinese { result.append(" ".utf8, origin: origin) }
        result.append(text, range)
        if isChinese { result.append(" ".utf8, origin: origin) }
      }
    }
    if stripsAccents {
      text = UnicodeForm.nfd.normalized(text).filtered { !$0.isBertAccent }
    }
    return lowercases ? text.lowercased() : text
  }

  private func cleaned(_ text: AlignedText) -> AlignedText {
    text.mapped { scalar, range, result in
      if scalar.value == 0 || scalar.value == 0xFFFD || scalar.isBertControl { return }
      if scalar.isSpace {
        result.append(" ".utf8, origin: text.origins[range.lowerBound])
      } else {
        result.append(text, range)
      }
    }
  }
}

extension BertNormalizer {
  init(_ section: Section) throws(TokenizerError) {
    try section.allow(["clean_text", "handle_chinese_chars", "strip_accents", "lowercase"])
    cleansText = try section.flag("clean_text")
    separatesChinese = try section.flag("handle_chinese_chars")
    lowercases = try section.flag("lowercase")
    stripsAccents = try section.flag("strip_accents", default: lowercases)
  }
}
