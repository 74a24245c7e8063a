import PeftTensors

/// Matrices as plain loops have them.
extension Reals {
  init(_ tensor: Tensor) { self.init(tensor.floats().map(Double.init), shape: tensor.shape) }

  var transposed: Reals { Reals([shape[1], shape[0]]) { self[$0[1], $0[0]] } }

  /// The square root of the sum of squares, which is taken beside the largest entry.
  var norm: Double {
    let scale = largest > 0 ? largest : 1
    return scale * entries.reduce(0) { $0 + ($1 / scale) * ($1 / scale) }.squareRoot()
  }

  static func - (a: Reals, b: Reals) -> Reals {
    Reals(zip(a.entries, b.entries).map { $0 - $1 }, shape: a.shape)
  }

  static func * (a: Reals, b: Reals) -> Reals {
    let columns = b.transposed
    return Reals([a.shape[0], b.shape[1]]) { place in
      zip(a.row(place[0]), columns.row(place[1])).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  /// How far the columns are from orthonormal: the largest entry of `Aᵀ A − 1`.
  var columnDeviation: Double {
    (transposed * self - Reals([shape[1], shape[1]]) { $0[0] == $0[1] ? 1 : 0 }).largest
  }
}
