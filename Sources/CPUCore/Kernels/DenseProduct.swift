import CKernels
import ModelGraph

/// A product of matrices, others that are added to it, and an elementwise epilogue while the result is still in
/// the cache.
///
/// Operands: `a [..., m, k]`, `b [k, n]` or a stack of them, before transposing; the two factors of each summand;
/// `bias [n]` where there is one; then one operand of the result's shape for each part of the epilogue that
/// reads one.
struct DenseProduct: Kernel {
  /// What is done with the product, in order, after the bias is added.
  enum Epilogue: Hashable, Sendable {
    case activation(Activation.Function)
    /// The derivative of a function at the next operand is multiplied with.
    case activationGradient(Activation.Function)
    case scale(Float)
    /// The next operand is added.
    case add
    /// The next operand is multiplied with.
    case multiply

    /// Whether it reads an operand of its own.
    var readsOperand: Bool {
      switch self {
      case .activationGradient, .add, .multiply: true
      case .activation, .scale: false
      }
    }
  }

  let transposesFirst: Bool
  let transposesSecond: Bool
  let hasBias: Bool
  var summands: [Summand] = []
  var epilogue: [Epilogue] = []
  /// What the result is stored in: 32-bit floats, or bfloat16 to which it is rounded at the end.
  var element = ElementType.float32

  /// The number of factors, after which the other operands come.
  var factorCount: Int { 2 + 2 * summands.count }

  var halfOperands: [Int] { Array(0..<factorCount) }
  var readsParts: Bool { true }
  func widens(operand: Int) -> Bool { operand == 1 || operand >= firstExtra }
  func unpacks(operand: Int) -> Bool { operand < 2 }

  /// Where the operands of the epilogue begin.
  private var firstExtra: Int { factorCount + (hasBias ? 1 : 0) }

  /// The same product with its result transposed, once its operands have changed places; nil where
  /// it is not a product of two matrices alone.
  var transposed: DenseProduct? {
    guard !hasBias, summands.isEmpty, !epilogue.contains(where: \.readsOperand) else { return nil }
    return DenseProduct(
      transposesFirst: !transposesSecond, transposesSecond: !transposesFirst, hasBias: false,
      epilogue: epilogue, element: element)
  }

  /// The block of the second factor that a task widens, that of the result that it rounds, and a row of an
  /// operand that its epilogue widens.
  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    let sizes = ProductSizes(self, operands[0].layout, operands[1].layout)
    let widens = widens(operands[0].element, operands[1].element)
    // How entries are packed shows only when they are there.
    let tilings = (operands[1].element == .ternary ? [false, true] : [false]).map {
      Tiling(sizes, widens: widens, unpacks: $0, rounds: element.isHalf)
    }
    let panel = widens ? sizes.depth * min(sizes.columns, Tiling.widenedColumns) : 0
    let block = element.isHalf ? tilings.map(\.tileEntries).max() ?? 0 : 0
    let widensRow = operands[firstExtra...].contains(where: \.element.isHalf)
    let row = widensRow ? tilings.map(\.tileColumns).max() ?? 0 : 0
    return 4 * (panel + block + row + Self.packedScratch(sizes, operands))
  }

  /// The product and those that are added to it.
  func products(in step: Step) -> [StepProduct] {
    let factors = step.operands.prefix(factorCount)
    let sizes = ProductSizes(self, factors[0].layout, factors[1].layout)
    let entries = Double(sizes.stacks) * Double(sizes.rows) * Double(sizes.columns)
    func product(_ number: Int, of module: String, depth: Int) -> StepProduct {
      let pairs = entries * Double(depth)
      let listed = factors[2 * number].listedDensity ?? factors[2 * number + 1].listedDensity
      return StepProduct(
        module: module, operations: listed == nil ? 2 * pairs : 0,
        additions: listed.map { $0 * pairs } ?? 0,
        factorBytes: factors[2 * number].byteCount + factors[2 * number + 1].byteCount)
    }
    return [product(0, of: step.module, depth: sizes.depth)]
      + summands.enumerated().map { index, summand in
        product(
          index + 1, of: summand.module, depth: summand.depth(factors[2 + 2 * index].layout))
      }
  }

  /// Whether the second factor is brought to 32 bits before it is multiplied with.
  private func widens(_ a: ElementType, _ b: ElementType) -> Bool {
    b.isHalf && !(a == .bfloat16 && b == .bfloat16) && a != .ternary
  }

  private static func isPacked(_ elements: [ElementType]) -> Bool { elements.contains(.ternary) }

  func run(_ call: KernelCall) {
    let sizes = ProductSizes(self, call.operands[0].layout, call.operands[1].layout)
    let readsAsItLies =
      !transposesFirst && sizes.rows <= Multiplication.fewRows
      && call.operands[1].element == .bfloat16
    let widens = !readsAsItLies && widens(call.operands[0].element, call.operands[1].element)
    let tiling = Tiling(
      sizes, widens: widens, unpacks: call.operands[1].isPackedInPlanes, rounds: element.isHalf)
    call.workers.run(sizes.stacks * tiling.count) { task, scratch in
      let stack = sizes.stackOffsets(task / tiling.count)
      let tile = tiling.tile(task % tiling.count)
      var panel = scratch.assumingMemoryBound(to: Float.self)
      var target = ResultTile(call.result, firstRow: stack.result, tile)
      if element.isHalf {
        target = ResultTile(roundedFrom: panel, tile)
        panel += tiling.tileEntries
      }
      multiply(call, sizes, stack, tile, widening: widens, in: panel, to: target)
      // What the panel was needed for is done.
      finish(call, firstRow: stack.result, tile, target, widening: panel)
    }
  }

  private func multiply(
    _ call: KernelCall, _ sizes: ProductSizes, _ stack: ProductSizes.Stack, _ tile: Tile,
    widening: Bool, in space: UnsafeMutablePointer<Float>, to target: ResultTile
  ) {
    let (a, b) = (call.operands[0], call.operands[1])
    if Self.isPacked([a.element, b.element]) {
      multiplyPacked(
        call, sizes, tile, space: space, to: target.start, stride: target.stride)
      return
    }
    let second =
      widening
      ? widened(b, sizes, firstRow: stack.second, tile, space)
      : .columns(tile.columns, of: b, firstRow: stack.second, isTransposed: transposesSecond)
    CPUCore.multiply(
      .rows(tile.rows, of: a, firstRow: stack.first, isTransposed: transposesFirst), second,
      rows: tile.rows.count, columns: tile.columns.count, depth: sizes.depth,
      scale: leadingScale, to: target.start, stride: target.stride)
    for (number, summand) in summands.enumerated() {
      let (a, b) = (call.operands[2 + 2 * number], call.operands[3 + 2 * number])
      CPUCore.multiply(
        .rows(tile.rows, of: a, isTransposed: summand.transposesFirst),
        .columns(tile.columns, of: b, isTransposed: summand.transposesSecond),
        rows: tile.rows.count, columns: tile.columns.count, depth: summand.depth(a.layout),
        scale: summand.scale, adding: true, to: target.start, stride: target.stride)
    }
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
  var leadingScale: Float {
    if !hasBias, summands.isEmpty, case .scale(let factor) = epilogue.first { factor } else { 1 }
  }

  /// - Parameter space: Memory for a row of an operand.
  private func finish(
    _ call: KernelCall, firstRow: Int, _ tile: Tile, _ target: ResultTile,
    widening space: UnsafeMutablePointer<Float>
  ) {
    let rest = leadingScale == 1 ? epilogue[...] : epilogue.dropFirst()
    guard hasBias || !rest.isEmpty || element.isHalf else { return }
    let (n, start) = (tile.columns.count, tile.columns.lowerBound)
    for row in tile.rows {
      let y = target.start + (row - tile.rows.lowerBound) * target.stride
      if hasBias { ck_add(n, y, call.operands[factorCount].floats + start, y) }
      var extra = firstExtra
      /// The row of the next operand.
      func next() -> UnsafePointer<Float> {
        defer { extra += 1 }
        let operand = call.operands[extra]
        guard operand.element.isHalf else {
          return UnsafePointer(operand.row(firstRow + row) + start)
        }
        operand.widen(row: firstRow + row, tile.columns, into: space)
        return UnsafePointer(space)
      }
      for operation in rest {
        switch operation {
        case .activation(let function): ck_activate(function.kernel, n, y, y)
        case .activationGradient(let function):
          ck_activate_gradient(function.kernel, n, next(), y, y)
        case .scale(let factor): ck_scale(n, factor, y, y)
        case .add: ck_add(n, y, next(), y)
        case .multiply: ck_multiply(n, y, next(), y)
        }
      }
      if element.isHalf {
        ck_round_bf16(n, y, call.result.row(firstRow + row, of: UInt16.self) + start)
      }
    }
  }
}

/// Where a block of a result is summed: in the result, or in scratch memory from which it is rounded.
private struct ResultTile {
  let start: UnsafeMutablePointer<Float>
  let stride: Int

  init(_ result: NumberView, firstRow: Int, _ tile: Tile) {
    start = result.row(firstRow + tile.rows.lowerBound) + tile.columns.lowerBound
    stride = result.stride
  }

  init(roundedFrom scratch: UnsafeMutablePointer<Float>, _ tile: Tile) {
    start = scratch
    stride = tile.columns.count
  }
}

extension MatrixFactor {
  /// Some rows of a factor as it is multiplied with.
  static func rows(
    _ rows: Range<Int>, of view: NumberView, firstRow: Int = 0, isTransposed: Bool
  ) -> MatrixFactor {
    let row = rows.lowerBound
    return MatrixFactor(
      view, row: firstRow + (isTransposed ? 0 : row), column: isTransposed ? row : 0,
      isTransposed: isTransposed)
  }

  /// Some columns of a factor as it is multiplied with.
  static func columns(
    _ columns: Range<Int>, of view: NumberView, firstRow: Int = 0, isTransposed: Bool
  ) -> MatrixFactor {
    rows(columns, of: view, firstRow: firstRow, isTransposed: !isTransposed).transposed
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
