public import ModelGraph

/// What a tuner adds to one weight `[out, in]`, as an expression over small named tensors.
///
/// Everything else follows from it: counting, initial values, running, gradients, merging, saving.
///
///     let update = scale * (b • a)        // two thin factors: b [out, r], a [r, in]
public indirect enum WeightUpdate: Hashable, Sendable {
  case tensor(UpdateTensor)
  /// The matrix product of two matrices.
  case product(WeightUpdate, WeightUpdate)
  /// The product entry by entry; axes of size 1 broadcast.
  case elementwise(WeightUpdate, WeightUpdate)
  case scaled(Double, WeightUpdate)
  /// The sum entry by entry; axes of size 1 broadcast.
  case sum(WeightUpdate, WeightUpdate)
  /// The weight of the base model itself, `[out, in]`.
  case weight(Site)
  /// The bias of the module, `[out]`: the base model's, or the adapter's own copy of it.
  case bias(Site)
  /// One over the Euclidean norm of every row: `[out, in]` becomes `[out, 1]`.
  case inverseRowLengths(WeightUpdate)
  case reshaped(WeightUpdate, [Int])
  /// Axes in another order: result axis `i` is axis `order[i]`.
  case permuted(WeightUpdate, [Int])
  /// The leading part of every axis.
  case leading(WeightUpdate, [Int])
  /// A matrix of which one column is not trained.
  case holdingColumn(WeightUpdate, Int)

  /// A tensor shared by all sites that training never changes.
  /// - Parameter copies: How often PEFT's file has it: ours need it once.
  public static func frozen(
    _ name: String, _ shape: [Int], initially initial: InitialValue,
    copiesInPEFT copies: UpdateTensor.Copies = .one
  ) -> WeightUpdate {
    .tensor(
      UpdateTensor(
        name: name, site: nil, shape: shape, initial: initial, isTrained: false,
        copiesInPEFT: copies))
  }

  public func reshaped(_ shape: [Int]) -> WeightUpdate { .reshaped(self, shape) }
  public func leading(_ sizes: [Int]) -> WeightUpdate { .leading(self, sizes) }
  /// A matrix of which one column is not trained: it takes no gradient. All are where it is nil.
  public func holding(column: Int?) -> WeightUpdate {
    column.map { .holdingColumn(self, $0) } ?? self
  }
  /// One over the norm of every row, which takes no gradient.
  public var inverseRowLengths: WeightUpdate { .inverseRowLengths(self) }
  /// A matrix with its axes exchanged.
  public var transposed: WeightUpdate { .permuted(self, [1, 0]) }
}

infix operator • : MultiplicationPrecedence
infix operator ⊙ : MultiplicationPrecedence

extension WeightUpdate {
  /// The matrix product.
  public static func • (a: WeightUpdate, b: WeightUpdate) -> WeightUpdate { .product(a, b) }
  /// The product entry by entry; axes of size 1 broadcast.
  public static func ⊙ (a: WeightUpdate, b: WeightUpdate) -> WeightUpdate { .elementwise(a, b) }
  public static func * (factor: Double, update: WeightUpdate) -> WeightUpdate {
    .scaled(factor, update)
  }
  public static func + (a: WeightUpdate, b: WeightUpdate) -> WeightUpdate { .sum(a, b) }
  public static func - (a: WeightUpdate, b: WeightUpdate) -> WeightUpdate {
    .sum(a, .scaled(-1, b))
  }
}

extension WeightUpdate {
  /// All tensors in the expression, in the order in which they are written; each once.
  public var tensors: [UpdateTensor] {
    var found: [UpdateTensor] = []
    collect(into: &found)
    return found
  }

  private func collect(into found: inout [UpdateTensor]) {
    if case .tensor(let tensor) = self, !found.contains(tensor) { found.append(tensor) }
    for part in parts { part.collect(into: &found) }
  }

  /// The expressions that this one is made of.
  package var parts: [WeightUpdate] {
    switch self {
    case .tensor, .weight, .bias: []
    case .scaled(_, let a), .inverseRowLengths(let a), .reshaped(let a, _), .permuted(let a, _),
      .leading(let a, _), .holdingColumn(let a, _):
      [a]
    case .product(let a, let b), .elementwise(let a, let b), .sum(let a, let b): [a, b]
    }
  }

  /// The expression whose rows' norms this one divides by; nil where there is none.
  package var direction: WeightUpdate? {
    if case .inverseRowLengths(let a) = self { return a }
    return parts.lazy.compactMap(\.direction).first
  }
}
