/// In which order the gradients of the factors of an added update are multiplied: with the gradient `dyᵀ · x` of
/// the whole weight first, or with a factor first, `(dy · P)ᵀ · x`, without that gradient.
public struct PlannedGradients: Hashable, Sendable {
  /// The layer's module.
  public let module: String
  /// Whether a factor comes first, so that there are only thin products.
  public let isThin: Bool
  /// Operations of these products in either order.
  public private(set) var thinOperations: Double
  public private(set) var wholeOperations: Double

  init(module: String, isThin: Bool, thinOperations: Double, wholeOperations: Double) {
    (self.module, self.isThin) = (module, isThin)
    (self.thinOperations, self.wholeOperations) = (thinOperations, wholeOperations)
  }

  /// The operations of several runs.
  package static func * (gradients: PlannedGradients, runs: Int) -> PlannedGradients {
    var product = gradients
    product.thinOperations *= Double(runs)
    product.wholeOperations *= Double(runs)
    return product
  }
}
