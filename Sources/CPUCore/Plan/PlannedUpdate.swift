/// How an update `P · Q` of a layer's weight is multiplied: added to the weight first, or carried beside
/// it as two thin products.
public struct PlannedUpdate: Hashable, Sendable {
  /// The layer's module.
  public let module: String
  /// Rows that the layer multiplies with.
  public let rows: Int
  /// The size that both factors share.
  public let depth: Int
  public let isBeside: Bool
  /// The estimated cost of both orders; nil where rows of a table are read.
  public let costs: Costs?

  /// Operations, and what bytes cost that come from memory. In training they include the backward pass.
  public struct Costs: Hashable, Sendable {
    public let beside: Double
    public let added: Double
  }
}
