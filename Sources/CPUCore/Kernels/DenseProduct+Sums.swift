import ModelGraph

extension DenseProduct {
  /// A product of the same size that is added to another.
  struct Summand: Hashable, Sendable {
    let transposesFirst: Bool
    let transposesSecond: Bool
    let scale: Float
    /// The path of the module that it is part of.
    var module = ""

    /// The size that is summed over, where the first factor has a layout.
    func depth(_ first: Layout) -> Int { transposesFirst ? first.rows : first.shape.last ?? 1 }
  }

  /// This product as a summand of another; nil where more is done with it than scaling it.
  fileprivate var asSummand: Summand? {
    guard !hasBias, summands.isEmpty, element == .float32 else { return nil }
    let scale: Float
    switch (epilogue.count, epilogue.first) {
    case (0, _): scale = 1
    case (1, .scale(let factor)): scale = factor
    default: return nil
    }
    return Summand(
      transposesFirst: transposesFirst, transposesSecond: transposesSecond, scale: scale)
  }
}

extension WaitingProduct {
  /// The sum of two products as one, where the second one's block can be added to the first one's in the cache;
  /// nil where it cannot.
  func adding(_ other: WaitingProduct) -> WaitingProduct? {
    guard var summand = other.kernel.asSummand,
      kernel.element == .float32, kernel.epilogue.allSatisfy({ $0 == .add }),
      elementsFit(other)
    else { return nil }
    let (sizes, added) = (self.sizes, other.sizes)
    guard sizes.stacks == 1, added.stacks == 1, sizes.rows == added.rows,
      sizes.columns == added.columns
    else { return nil }
    summand.module = other.module
    var sum = self
    sum.operands.insert(contentsOf: other.operands, at: kernel.factorCount)
    sum.kernel.summands.append(summand)
    return sum
  }

  private var sizes: ProductSizes { ProductSizes(kernel, operands[0].layout, operands[1].layout) }

  /// Either all factors are multiplied in 16 bits, or only the first product's weight is widened.
  private func elementsFit(_ other: WaitingProduct) -> Bool {
    let own = operands.prefix(kernel.factorCount).map(\.element)
    let elements = other.operands.map(\.element)
    guard !(own + elements).contains(.ternary) else { return false }
    return (own + elements).allSatisfy { $0 == .bfloat16 }
      || own[0] == .float32 && elements.allSatisfy { $0 == .float32 }
  }
}
