/// A text as tokens.
public struct Encoding: Hashable, Sendable {
  public struct Token: Hashable, Sendable {
    public let id: Int
    /// The token as the vocabulary writes it; an added one as the text does, with the spaces it takes.
    public let text: String
    /// Which bytes of the text it stands for, in UTF-8; empty for a token that was added around it.
    public var range: Range<Int>
    /// The segment, as BERT's models count them.
    public var typeID = 0
    /// Whether it does not come from the text: `[CLS]`, `<s>`.
    public var isInserted = false
  }

  public internal(set) var tokens: [Token]

  public var ids: [Int] { tokens.map(\.id) }
}
