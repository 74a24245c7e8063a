import PeftBasics

/// A token as the files beside `tokenizer.json` write it: a text, or a text with settings.
struct TokenSetting {
  let content: String
  /// Whether the file has only the text.
  let isPlain: Bool
  var isSpecial = false
  var singleWord = false
  var stripsLeft = false
  var stripsRight = false
  /// Special tokens are not looked for in the normalised text, unless a file says so.
  var isNormalized: Bool?

  init(_ content: String) {
    self.content = content
    isPlain = true
  }

  init(_ token: AddedToken) {
    content = token.content
    isPlain = false
    isSpecial = token.isSpecial
    singleWord = token.singleWord
    stripsLeft = token.stripsLeft
    stripsRight = token.stripsRight
    isNormalized = token.isNormalized
  }

  init(_ section: Section) throws(TokenizerError) {
    if case .text(let text) = section.value {
      self.init(text)
    } else {
      let isSpecial = try section.flag("special", default: false)
      self.init(
        AddedToken(
          id: 0, content: try section.text("content"), isSpecial: isSpecial,
          singleWord: try section.flag("single_word", default: false),
          stripsLeft: try section.flag("lstrip", default: false),
          stripsRight: try section.flag("rstrip", default: false), isNormalized: !isSpecial))
      let normalized = try section.optional("normalized")
      isNormalized = normalized == nil ? nil : try section.flag("normalized")
    }
    try section.checkLength(ofToken: content)
  }

  /// The same with spaces before it taken along, where a file has only its text.
  var strippingLeft: TokenSetting {
    guard isPlain else { return self }
    var token = TokenSetting(
      AddedToken(
        id: 0, content: content, isSpecial: false, stripsLeft: true, isNormalized: true))
    token.isNormalized = nil
    return token
  }

  /// - Parameter isSpecial: Whether it is special whatever the file says.
  func token(isSpecial: Bool) -> AddedToken {
    let isSpecial = isSpecial || self.isSpecial || isPlain
    return AddedToken(
      id: 0, content: content, isSpecial: isSpecial, singleWord: singleWord,
      stripsLeft: stripsLeft, stripsRight: stripsRight, isNormalized: isNormalized ?? !isSpecial)
  }
}
