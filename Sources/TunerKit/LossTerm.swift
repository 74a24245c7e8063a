import ModelGraph

/// A term that a tuner adds to the loss in training: the norm of a matrix of its tensors, or of its
/// difference from the identity.
///
///     // keeps the columns of b orthogonal: 0.5 · ‖bᵀb − I‖
///     LossTerm(0.5, norm: b.transposed • b, from: .identity)
///
/// Every step has the term once, however many micro-batches it has; the loss of an evaluation does not
/// have it.
public struct LossTerm: Hashable, Sendable {
  /// What the matrix is compared with.
  public enum Target: Hashable, Sendable {
    case zero
    /// Only for a square matrix.
    case identity
  }

  /// What the norm is multiplied by.
  public let weight: Double
  /// A matrix.
  public let matrix: WeightUpdate
  public let target: Target
  /// Whether the norm is squared.
  public let isSquared: Bool

  /// The Frobenius norm of what a matrix differs by from a target.
  public init(_ weight: Double, norm matrix: WeightUpdate, from target: Target = .zero) {
    (self.weight, self.matrix, self.target, isSquared) = (weight, matrix, target, false)
  }

  /// The square of that norm: the sum of squared entries.
  public init(_ weight: Double, squaredNorm matrix: WeightUpdate, from target: Target = .zero) {
    (self.weight, self.matrix, self.target, isSquared) = (weight, matrix, target, true)
  }

  var operation: FrobeniusNorm {
    FrobeniusNorm(weight: weight, isFromIdentity: target == .identity, isSquared: isSquared)
  }

  /// - Throws: `ShapeError` where it is no matrix, or none that can be compared so.
  func check(at site: Site) throws {
    guard weight.isFinite else { throw AdapterError.badLossWeight(weight, site: site.path) }
    let scalar = ValueType(Shape([Dimension]()))
    _ = try operation.results(of: [ValueType(Shape(try matrix.shape())), scalar])
  }
}

extension Graph {
  /// This graph with an adapter's terms added to its loss; the same graph for a tuner without.
  /// - Parameters:
  ///   - loss: The output that is the loss.
  ///   - scale: The name of a new input, a scalar that all terms are multiplied by.
  package func adding(
    lossTermsOf adapter: Adapter, to loss: String, scaledBy scale: String
  ) throws -> Graph {
    guard adapter.updates.contains(where: { !$0.lossTerms.isEmpty }),
      let output = outputs.first(where: { $0.name == loss })
    else { return self }
    var graph = self
    let scale = graph.addInput(scale, type: ValueType(Shape([Dimension]())))
    var sum = output.value
    for update in adapter.updates {
      let path = update.site.path
      for term in update.lossTerms {
        let matrix = try term.matrix.value(in: &graph, module: path, of: adapter)
        let value = try graph.apply(term.operation, to: [matrix, scale], in: path)[0]
        sum = try graph.apply(Add(), to: [sum, value])[0]
      }
    }
    graph.replaceOutput(loss, by: sum)
    return graph
  }
}
