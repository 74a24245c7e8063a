/// A token that is found in the text before the model sees it.
struct AddedToken: Sendable {
  var id: Int
  let content: String
  var isSpecial: Bool
  var singleWord = false
  var stripsLeft = false
  var stripsRight = false
  /// Whether it is looked for in the normalised text, itself normalised.
  var isNormalized: Bool
}

extension AddedToken {
  /// Reads a token of a `tokenizer.json`.
  init(_ section: Section) throws(TokenizerError) {
    try section.allow([
      "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special",
    ])
    id = try section["id"].id()
    content = try section.text("content")
    try section.checkLength(ofToken: content)
    isSpecial = try section.flag("special")
    singleWord = try section.flag("single_word")
    stripsLeft = try section.flag("lstrip")
    stripsRight = try section.flag("rstrip")
    isNormalized = try section.flag("normalized")
  }
}

extension Section {
  func checkLength(ofToken content: String) throws(TokenizerError) {
    guard content.utf8.count <= TokenTable.longestToken else {
      throw error(.tokenTooLong(bytes: content.utf8.count, limit: TokenTable.longestToken))
    }
  }
}
