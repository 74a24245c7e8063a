public import ModelGraph

/// What a tuner adds to one weight `[out, in]`, as an expression over small named tensors.
///
/// Everything else follows from it: counting, initial values, running, gradients, merging, saving.
///
///     let update = scale * (b • a)        // LoRA: B [out, r], A [r, in]
public indirect enum WeightUpdate: Hashable, Sendable {
  case tensor(UpdateTensor)
  /// The matrix product of two matrices.
  case product(WeightUpdate, WeightUpdate)
  /// The product entry by entry; axes of size 1 stretch.
  case elementwise(WeightUpdate, WeightUpdate)
  case scaled(Double, WeightUpdate)
  /// The sum entry by entry; axes of size 1 stretch.
  case sum(WeightUpdate, WeightUpdate)
  /// The weight of the base model itself, `[out, in]`.
  case weight(Site)
  /// One over the Euclidean length of every row: `[out, in]` becomes `[out, 1]`.
  case inverseRowLengths(WeightUpdate)
  case reshaped(WeightUpdate, [Int])
  /// Axes in another order: result axis `i` is axis `order[i]`.
  case permuted(WeightUpdate, [Int])
  /// The leading part of every axis.
  case leading(WeightUpdate, [Int])

  /// A tensor shared by all sites that training never changes.
  public static func frozen(
    _ name: String, _ shape: [Int], initially initial: InitialValue
  ) -> WeightUpdate {
    .tensor(
      UpdateTensor(name: name, site: nil, shape: shape, initial: initial, isTrained: false))
  }

  public func reshaped(_ shape: [Int]) -> WeightUpdate { .reshaped(self, shape) }
  public func leading(_ sizes: [Int]) -> WeightUpdate { .leading(self, sizes) }
  /// One over the length of every row, which takes no gradient.
  public var inverseRowLengths: WeightUpdate { .inverseRowLengths(self) }
  /// A matrix with its axes exchanged.
  public var transposed: WeightUpdate { .permuted(self, [1, 0]) }
}

infix operator • : MultiplicationPrecedence
infix operator ⊙ : MultiplicationPrecedence

extension WeightUpdate {
  /// The matrix product.
  public static func • (a: WeightUpdate, b: WeightUpdate) -> WeightUpdate { .product(a, b) }
  /// The product entry by entry; axes of size 1 stretch.
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
    switch self {
    case .tensor(let tensor): if !found.contains(tensor) { found.append(tensor) }
    case .product(let a, let b), .elementwise(let a, let b), .sum(let a, let b):
      a.collect(into: &found)
      b.collect(into: &found)
    case .scaled(_, let a), .reshaped(let a, _), .permuted(let a, _), .leading(let a, _),
      .inverseRowLengths(let a):
      a.collect(into: &found)
    case .weight: break
    }
  }
}

extension WeightUpdate {
  /// The expression whose rows' lengths this one divides by; nil where there is none.
  package var direction: WeightUpdate? {
    switch self {
    case .inverseRowLengths(let a): a
    case .product(let a, let b), .elementwise(let a, let b), .sum(let a, let b):
      a.direction ?? b.direction
    case .scaled(_, let a), .reshaped(let a, _), .permuted(let a, _), .leading(let a, _):
      a.direction
    case .tensor, .weight: nil
    }
  }
}
