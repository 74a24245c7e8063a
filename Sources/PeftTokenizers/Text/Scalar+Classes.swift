/// Classes of characters as the `tokenizers` library has them, some from old versions of Unicode.
extension Unicode.Scalar {
  var isSpace: Bool {
    value < 0x80 ? value == 0x20 || 9...13 ~= value : properties.isWhitespace
  }

  var isMark: Bool {
    guard value >= 0x300 else { return false }
    return switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }

  /// `\w` of Rust's regular expressions.
  var isWord: Bool {
    if value < 0x80 { return isASCIIAlphanumeric || self == "_" }
    let properties = properties
    if properties.isAlphabetic || isMark || properties.isJoinControl { return true }
    return [.decimalNumber, .connectorPunctuation].contains(properties.generalCategory)
  }

  var isNumber: Bool {
    if value < 0x80 { return 0x30...0x39 ~= value }
    return [.decimalNumber, .letterNumber, .otherNumber].contains(properties.generalCategory)
  }

  var isPunctuation: Bool {
    if value < 0x80 { return 0x21...0x7E ~= value && !isASCIIAlphanumeric }
    // Punctuation in Unicode 8, and something else since.
    if value == 0x166D || value == 0x111C9 { return true }
    switch properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      return isKnown(toUnicode: 8)
    default: return false
    }
  }

  /// A nonspacing mark as BERT's normaliser has it.
  var isBertAccent: Bool {
    guard value >= 0x300 else { return false }
    // A nonspacing mark in Unicode 8, and a spacing one since.
    if value == 0x1734 { return true }
    // Letters and punctuation in Unicode 8.
    if value == 0x1885 || value == 0x1886 || value == 0x111C9 { return false }
    return properties.generalCategory == .nonspacingMark && isKnown(toUnicode: 8)
  }

  /// A mark in Unicode 9.
  var isStrippedMark: Bool {
    value == 0x1CF2 || value == 0x1CF3 || isMark && isKnown(toUnicode: 9) && value != 0x111C9
  }

  /// What BERT's normaliser removes as a control character.
  var isBertControl: Bool {
    if value < 0x80 {
      return value < 0x20 && !(self == "\t" || self == "\n" || self == "\r") || value == 0x7F
    }
    return switch properties.generalCategory {
    case .control, .privateUse: true
    case .format: isKnown(toUnicode: 8)
    default: false
    }
  }

  var isChineseCharacter: Bool {
    switch value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F,
      0x2B740...0x2B81F, 0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  /// Whether a version of Unicode had this character.
  func isKnown(toUnicode version: Int) -> Bool {
    value < 0x370 || (properties.age.map { $0.major <= version } ?? false)
  }

  private var isASCIIAlphanumeric: Bool {
    0x30...0x39 ~= value || 0x41...0x5A ~= value || 0x61...0x7A ~= value
  }
}
