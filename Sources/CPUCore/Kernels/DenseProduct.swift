import CKernels
import ModelGraph

/// A product of matrices, and an elementwise epilogue while the result is still in the cache.
///
/// Operands: `a [..., m, k]`, `b [k, n]` or a stack of them, before transposing; `bias [n]` where
/// there is one; then one operand of the result's shape for each `add` and `multiply`.
struct DenseProduct: Kernel {
  /// What is done with the product, in order, after the bias is added.
  enum Epilogue: Hashable, Sendable {
    case activation(Activation.Function)
    case scale(Float)
    /// The next operand is added.
    case add
    /// The next operand is multiplied with.
    case multiply

    /// Whether it reads an operand of its own.
    var readsOperand: Bool {
      switch self {
      case .add, .multiply: true
      case .activation, .scale: false
      }
    }
  }

  let transposesFirst: Bool
  let transposesSecond: Bool
  let hasBias: Bool
  var epilogue: [Epilogue] = []

  var readsParts: Bool { true }
  func widens(operand: Int) -> Bool { operand == 1 }

  /// The same product with its result transposed, once its operands have changed places; nil where
  /// it is not a product of two matrices alone.
  var transposed: DenseProduct? {
    guard !hasBias, !epilogue.contains(where: \.readsOperand) else { return nil }
    return DenseProduct(
      transposesFirst: !transposesSecond, transposesSecond: !transposesFirst, hasBias: false,
      epilogue: epilogue)
  }

  /// The block of the second factor that a task widens.
  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    guard operands[1].element.isHalf else { return 0 }
    let sizes = ProductSizes(self, operands[0].layout, operands[1].layout)
    return 4 * sizes.depth * min(sizes.columns, Tiling.widenedColumns)
  }

  func run(_ call: KernelCall) {
    let sizes = ProductSizes(self, call.operands[0].layout, call.operands[1].layout)
    let tiling = Tiling(sizes, widens: call.operands[1].element.isHalf)
    call.workers.run(sizes.stacks * tiling.count) { task, scratch in
      let stack = sizes.stackOffsets(task / tiling.count)
      let tile = tiling.tile(task % tiling.count)
      multiply(call, sizes, stack, tile, scratch)
      finish(call, firstRow: stack.result, tile)
    }
  }

  private func multiply(
    _ call: KernelCall, _ sizes: ProductSizes, _ stack: ProductSizes.Stack, _ tile: Tile,
    _ scratch: UnsafeMutableRawPointer
  ) {
    let (a, b, c) = (call.operands[0], call.operands[1], call.result)
    let first = MatrixFactor(
      start: a.row(stack.first) + tile.rows.lowerBound * (transposesFirst ? 1 : a.stride),
      stride: a.stride, isTransposed: transposesFirst)
    let second =
      b.element.isHalf
      ? widened(b, sizes, firstRow: stack.second, tile, scratch.assumingMemoryBound(to: Float.self))
      : MatrixFactor(
        start: b.row(stack.second) + tile.columns.lowerBound * (transposesSecond ? b.stride : 1),
        stride: b.stride, isTransposed: transposesSecond)
    CPUCore.multiply(
      first, second, rows: tile.rows.count, columns: tile.columns.count, depth: sizes.depth,
      scale: leadingScale,
      to: c.row(stack.result + tile.rows.lowerBound) + tile.columns.lowerBound, stride: c.stride)
  }

  /// The part of the second factor that a tile needs, as 32-bit floats.
  private func widened(
    _ b: NumberView, _ sizes: ProductSizes, firstRow: Int, _ tile: Tile,
    _ panel: UnsafeMutablePointer<Float>
  ) -> MatrixFactor {
    let (rows, columns) =
      transposesSecond ? (tile.columns, 0..<sizes.depth) : (0..<sizes.depth, tile.columns)
    for (index, row) in rows.enumerated() {
      b.widen(row: firstRow + row, columns, into: panel + index * columns.count)
    }
    return MatrixFactor(start: panel, stride: columns.count, isTransposed: transposesSecond)
  }

  /// A scale straight after the product costs nothing within it.
  private var leadingScale: Float {
    if !hasBias, case .scale(let factor) = epilogue.first { factor } else { 1 }
  }

  private func finish(_ call: KernelCall, firstRow: Int, _ tile: Tile) {
    let rest = leadingScale == 1 ? epilogue[...] : epilogue.dropFirst()
    guard hasBias || !rest.isEmpty else { return }
    let (n, start) = (tile.columns.count, tile.columns.lowerBound)
    for row in tile.rows {
      let y = call.result.row(firstRow + row) + start
      if hasBias { ck_add(n, y, call.operands[2].floats + start, y) }
      var extra = hasBias ? 3 : 2
      for operation in rest {
        switch operation {
        case .activation(let function): ck_activate(function.kernel, n, y, y)
        case .scale(let factor): ck_scale(n, factor, y, y)
        case .add:
          ck_add(n, y, call.operands[extra].row(firstRow + row) + start, y)
          extra += 1
        case .multiply:
          ck_multiply(n, y, call.operands[extra].row(firstRow + row) + start, y)
          extra += 1
        }
      }
    }
  }
}

/// An operator that is a product of matrices.
protocol ProductOperator: Operator {
  func product(operandCount: Int) -> DenseProduct
  /// The operands in the order and form in which the product reads them.
  func factors(_ operands: [Operand]) -> [Operand]
}

extension ProductOperator {
  func factors(_ operands: [Operand]) -> [Operand] { operands }
}

/// All rows of both operands, however many axes they are spread over, are summed over.
extension LinearWeightGradient: ProductOperator {
  func product(operandCount: Int) -> DenseProduct {
    DenseProduct(transposesFirst: true, transposesSecond: false, hasBias: false)
  }

  func factors(_ operands: [Operand]) -> [Operand] {
    let flat = operands.map(\.asMatrix)
    return layout == .outIn ? flat.reversed() : flat
  }
}

extension Linear: ProductOperator {
  func product(operandCount: Int) -> DenseProduct {
    DenseProduct(
      transposesFirst: false, transposesSecond: layout == .outIn, hasBias: operandCount == 3)
  }
}

extension MatrixProduct: ProductOperator {
  func product(operandCount: Int) -> DenseProduct {
    DenseProduct(
      transposesFirst: transposesFirst, transposesSecond: transposesSecond, hasBias: false)
  }
}
