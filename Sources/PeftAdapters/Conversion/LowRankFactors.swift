package import PeftTensors

/// Two factors, the product of which is an update: `B [out, rank] · A [rank, in]`.
struct LowRankFactors {
  let b: Tensor
  let a: Tensor

  var rank: Int { a.shape[0] }
  private var outputs: Int { b.shape[0] }
  private var inputs: Int { a.shape[1] }

  /// - Precondition: Both are matrices with the rank between them.
  init(b: Tensor, a: Tensor) {
    precondition(
      b.shape.count == 2 && a.shape.count == 2 && b.shape[1] == a.shape[0],
      "\(b.shape) and \(a.shape) are no factors")
    (self.b, self.a) = (b, a)
  }

  /// Factors of a sum: those of its terms side by side.
  /// - Precondition: There is at least one term, and all are of one shape.
  init(sum terms: [LowRankFactors]) {
    let rank = terms.reduce(0) { $0 + $1.rank }
    let (outputs, inputs) = (terms[0].outputs, terms[0].inputs)
    let matrices = terms.map { (rank: $0.rank, entries: $0.b.floats()) }
    var entries: [Float] = []
    entries.reserveCapacity(outputs * rank)
    for row in 0..<outputs {
      for matrix in matrices {
        entries += matrix.entries[row * matrix.rank..<(row + 1) * matrix.rank]
      }
    }
    self.init(
      b: Tensor(entries, shape: [outputs, rank]),
      a: Tensor(terms.flatMap { $0.a.floats() }, shape: [rank, inputs]))
  }

  /// The same with the product multiplied; that is done to `B`.
  func scaled(by factor: Double) -> LowRankFactors {
    LowRankFactors(b: b.scaled(by: factor), a: a)
  }

  /// The same product with more columns and rows, all zero.
  func padded(to rank: Int) -> LowRankFactors {
    guard rank > self.rank else { return self }
    let rest = rank - self.rank
    return LowRankFactors(sum: [
      self,
      LowRankFactors(
        b: Tensor(shape: [outputs, rest], type: .float32) { _ in },
        a: Tensor(shape: [rest, inputs], type: .float32) { _ in }),
    ])
  }
}

extension Tensor {
  /// Every entry times a number, as 32-bit floats.
  package func scaled(by factor: Double) -> Tensor {
    Tensor(floats().map { Float(Double($0) * factor) }, shape: shape)
  }
}
