/// What a document may cost to read. Descriptions come from strangers, so every size has a limit.
public struct DocumentLimits: Sendable {
  /// The largest file, in bytes.
  public var fileBytes: Int
  /// How deep mappings and lists may nest; never more than 512, so that no walk runs out of stack.
  public var nesting: Int {
    didSet { nesting = min(nesting, Self.deepestNesting) }
  }
  /// How many values a document may hold, those that aliases repeat counted each time.
  public var values: Int

  private static let deepestNesting = 512

  public init(fileBytes: Int = 16 << 20, nesting: Int = 64, values: Int = 250_000) {
    self.fileBytes = fileBytes
    self.nesting = min(nesting, Self.deepestNesting)
    self.values = values
  }

  public static let standard = DocumentLimits()
}
