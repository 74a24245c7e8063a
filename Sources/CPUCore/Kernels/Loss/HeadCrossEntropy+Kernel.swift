import CKernels
import ModelGraph
import PeftBasics

/// The head's product and its loss, some rows at a time; rows with the ignored label are left out.
extension HeadCrossEntropy: Kernel {
  var readsParts: Bool { true }
  func widens(operand: Int) -> Bool { operand == 1 }

  /// Logits that are held at a time.
  private static let logitLimit = 13 << 20

  private var logitsProduct: DenseProduct {
    DenseProduct(
      transposesFirst: false, transposesSecond: layout == .outIn, hasBias: hasBias)
  }

  private var inputGradientProduct: DenseProduct {
    DenseProduct(
      transposesFirst: false, transposesSecond: layout == .inOut, hasBias: false)
  }

  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    logitsProduct.scratchBytes(operands: operands, results: results)
      + inputGradientProduct.scratchBytes(operands: operands, results: results)
  }

  func workspace(for operands: [Layout]) -> Int {
    let sizes = HeadSizes(self, operands)
    return sizes.chunkRows * (sizes.classes + 2 * sizes.width)
  }

  /// The logits and the gradients that are wanted, of all rows that a label may count for.
  func products(in step: Step) -> [StepProduct] {
    let sizes = HeadSizes(self, step.operands.map(\.layout))
    let labels = step.operands[step.operands.count - 2].layout
    let rows = labels.rows * max(0, labels.columns - settings.shift)
    let count = 1 + gradients.prefix(2).count { $0 }
    let operations =
      2 * Double(count) * Double(rows) * Double(sizes.classes) * Double(sizes.width)
    return [StepProduct(module: step.module, operations: operations)]
  }

  func run(_ call: KernelCall) throws(RunError) {
    let sizes = HeadSizes(self, call.operands.map(\.layout))
    let scale = call.operands[call.operands.count - 1].floats[0]
    let counted = try CountedRows(
      call.operands[call.operands.count - 2], shift: settings.shift, classes: sizes.classes)
    let targets = GradientTargets(gradients, call.results)
    for target in targets.all { target.zero() }
    var sums = LossSums(count: counted.rows.count)
    for first in stride(from: 0, to: counted.rows.count, by: sizes.chunkRows) {
      let places = first..<min(counted.rows.count, first + sizes.chunkRows)
      let chunk = HeadChunk(call, sizes, counted.rows[places])
      logitsProduct.run(
        chunk.call(call, [chunk.x, call.operands[1]] + bias(call), chunk.logits))
      sums.withPlaces { losses, areRight in
        call.workers.runRows(places.count, columns: sizes.classes) { rows in
          for row in rows {
            let entropy = RowCrossEntropy(
              chunk.logits.row(row), count: sizes.classes, label: counted.labels[first + row],
              smoothing: settings.smoothing, scale: scale)
            losses[first + row] = entropy.loss
            areRight[first + row] = entropy.isRight
            if targets.bias == nil { chunk.round(row) }
          }
        }
      }
      if let target = targets.bias {
        for row in 0..<places.count {
          ck_add(sizes.classes, target.floats, chunk.logits.row(row), target.floats)
          chunk.round(row)
        }
      }
      guard targets.x != nil || targets.weight != nil else { continue }
      let gradient = chunk.logitsGradient
      if let target = targets.x {
        inputGradientProduct.run(
          chunk.call(call, [gradient, call.operands[1]], chunk.xGradient))
        chunk.scatterGradient(to: target)
      }
      if let target = targets.weight { addWeightGradient(call, chunk, gradient, to: target) }
    }
    sums.write(to: call.results, scale: scale)
  }

  private func bias(_ call: KernelCall) -> [NumberView] { hasBias ? [call.operands[2]] : [] }

  /// Adds a chunk's share, some classes a task.
  private func addWeightGradient(
    _ call: KernelCall, _ chunk: HeadChunk, _ gradient: NumberView, to y: NumberView
  ) {
    let classes = gradient.columns
    let block = 256
    call.workers.run(classes.dividedRoundingUp(by: block)) { task, _ in
      let own = task * block..<min(classes, (task + 1) * block)
      let logits = MatrixFactor(
        gradient, column: own.lowerBound, isTransposed: layout == .outIn)
      let x = MatrixFactor(chunk.x, isTransposed: layout == .inOut)
      if layout == .outIn {
        multiply(
          logits, x, rows: own.count, columns: chunk.x.columns, depth: chunk.x.rows, adding: true,
          to: y.row(own.lowerBound), stride: y.stride)
      } else {
        multiply(
          x, logits, rows: chunk.x.columns, columns: own.count, depth: chunk.x.rows, adding: true,
          to: y.floats + own.lowerBound, stride: y.stride)
      }
    }
  }

  /// The sizes of a head and of the rows that are computed at a time.
  fileprivate struct HeadSizes {
    let width: Int
    let classes: Int
    let chunkRows: Int

    init(_ head: HeadCrossEntropy, _ operands: [Layout]) {
      width = operands[0].columns
      classes = operands[1].shape[head.layout == .outIn ? 0 : 1]
      chunkRows = min(operands[0].rows, max(16, HeadCrossEntropy.logitLimit / max(1, classes)))
    }
  }
}

/// Where gradients go: those that are wanted, in the order of the operands.
private struct GradientTargets {
  let x: NumberView?
  let weight: NumberView?
  let bias: NumberView?
  var all: [NumberView] { [x, weight, bias].compactMap { $0 } }

  init(_ gradients: [Bool], _ results: [NumberView]) {
    var next = 2
    let views = gradients.map { isWanted -> NumberView? in
      guard isWanted else { return nil }
      next += 1
      return results[next - 1]
    }
    (x, weight, bias) = (views[0], views[1], views[2])
  }
}

/// Some of the rows that count, side by side in the workspace.
private struct HeadChunk {
  let x: NumberView
  let logits: NumberView
  let xGradient: NumberView
  private let rows: ArraySlice<Int>

  init(_ call: KernelCall, _ sizes: HeadCrossEntropy.HeadSizes, _ rows: ArraySlice<Int>) {
    self.rows = rows
    let start = call.results[call.results.count - 1].floats
    func view(_ offset: Int, columns: Int, _ element: ElementType = .float32) -> NumberView {
      NumberView(
        address: UnsafeMutableRawPointer(start + offset), layout: Layout([rows.count, columns]),
        element: element)
    }
    let source = call.operands[0]
    logits = view(0, columns: sizes.classes)
    x = view(sizes.chunkRows * sizes.classes, columns: sizes.width, source.element)
    xGradient = view(
      sizes.chunkRows * (sizes.classes + sizes.width), columns: sizes.width)
    let rowBytes = sizes.width * source.element.byteCount
    for (place, row) in rows.enumerated() {
      (x.address + place * rowBytes).copyMemory(
        from: source.address + row * source.stride * source.element.byteCount,
        byteCount: rowBytes)
    }
  }

  /// What becomes of the logits, as a factor: rounded where the others are, each row within its own place.
  var logitsGradient: NumberView {
    guard x.element == .bfloat16 else { return logits }
    return NumberView(
      address: logits.address, layout: Layout(logits.layout.shape, stride: 2 * logits.stride),
      element: .bfloat16)
  }

  /// Rounds a row of the gradient where it is still in the cache.
  func round(_ row: Int) {
    let gradient = logitsGradient
    guard gradient.element == .bfloat16 else { return }
    ck_round_bf16(logits.columns, logits.row(row), gradient.row(row, of: UInt16.self))
  }

  func call(_ call: KernelCall, _ operands: [NumberView], _ result: NumberView) -> KernelCall {
    KernelCall(
      operands: operands, results: [result], workers: call.workers, module: call.module)
  }

  func scatterGradient(to y: NumberView) {
    for (place, row) in rows.enumerated() {
      y.row(row).update(from: xGradient.row(place), count: y.columns)
    }
  }
}
