/// SentencePiece's way with spaces: each becomes a visible `▁`, and a piece begins there.
struct Metaspace: Sendable {
  enum PrependScheme: String, Sendable { case always, first, never }

  let replacement: Unicode.Scalar
  let scheme: PrependScheme
  private let splits: Bool
  private let bytes: [UInt8]

  init(_ scheme: PrependScheme, splits: Bool = true) {
    replacement = "▁"
    bytes = Array("▁".utf8)
    self.scheme = scheme
    self.splits = splits
  }

  init(_ section: Section) throws(TokenizerError) {
    try section.allow(["replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"])
    replacement = try section.character("replacement")
    bytes = Array(UTF8.encode(replacement)!)
    splits = try section.flag("split", default: true)
    // Older files say whether a space is added, newer ones when.
    let addsSpace = try section.flag("add_prefix_space", default: true)
    if let place = try section.optional("prepend_scheme") {
      let name = try place.text()
      guard let scheme = PrependScheme(rawValue: name), addsSpace || scheme == .never else {
        throw place.error(.unsupported(component: name))
      }
      self.scheme = scheme
    } else {
      scheme = addsSpace ? .always : .never
    }
  }

  func pieces(of text: AlignedText) throws(EncodingProblem) -> [AlignedText] {
    var text = try text.replacing(.text([UInt8(ascii: " ")]), with: bytes, limit: .max)
    let isDue = scheme == .always || scheme == .first && text.start == 0
    if isDue, !text.bytes.starts(with: bytes) { text.prepend(String(replacement)) }
    guard splits else { return [text] }
    return try cut(text, .text(bytes), .mergedWithNext, isInverted: false)
  }
}
