import ModelGraph

extension CrossEntropy: Kernel {
  var overwritten: Int? { givesGradient ? 0 : nil }
  var overwriting: Int { givesGradient ? 2 : 0 }

  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    givesGradient ? 0 : 4 * operands[0].layout.columns
  }

  func run(_ call: KernelCall) throws(RunError) {
    let (logits, scale) = (call.operands[0], call.operands[2].floats[0])
    let classes = logits.columns
    let counted = try CountedRows(
      call.operands[1], shift: settings.shift, classes: classes)
    var places = [Int?](repeating: nil, count: logits.rows)
    for (place, row) in counted.rows.enumerated() { places[row] = place }
    var sums = LossSums(count: counted.rows.count)
    sums.withPlaces { losses, areRight in
      // One row a task, so that each has a row of scratch memory.
      call.workers.run(logits.rows) { row, scratch in
        let line =
          givesGradient
          ? call.results[2].row(row) : scratch.assumingMemoryBound(to: Float.self)
        guard let place = places[row] else {
          if givesGradient { line.update(repeating: 0, count: classes) }
          return
        }
        if line != logits.row(row) { line.update(from: logits.row(row), count: classes) }
        let entropy = RowCrossEntropy(
          line, count: classes, label: counted.labels[place], smoothing: settings.smoothing,
          scale: scale)
        losses[place] = entropy.loss
        areRight[place] = entropy.isRight
      }
    }
    sums.write(to: call.results, scale: scale)
  }
}
