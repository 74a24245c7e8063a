import CKernels
import ModelGraph
import PeftPlatform

extension BinaryCrossEntropy: Kernel {
  func run(_ call: KernelCall) {
    call.compare { logit, target in
      let exponential = exp(-abs(logit))
      let loss = max(logit, 0) - logit * target + log1p(exponential)
      let sigmoid = logit >= 0 ? 1 / (1 + exponential) : exponential / (1 + exponential)
      return (loss, sigmoid - target)
    }
  }
}

extension SquaredError: Kernel {
  func run(_ call: KernelCall) {
    call.compare { prediction, target in
      let difference = prediction - target
      return (difference * difference, 2 * difference)
    }
  }
}

extension KernelCall {
  /// Sums up what `body` makes of each entry and its target; its second value is the derivative.
  fileprivate func compare(_ body: (Double, Double) -> (loss: Double, slope: Double)) {
    let (x, target, scale) = (operands[0], operands[1], Double(operands[2].floats[0]))
    let gradient = results.count > 1 ? results[1].floats : nil
    var sum = 0.0
    for index in 0..<x.layout.count {
      let (loss, slope) = body(Double(x.floats[index]), Double(target.floats[index]))
      sum += loss
      gradient?[index] = Float(slope * scale)
    }
    results[0].floats[0] = Float(sum * scale)
  }
}

extension ContrastiveLoss: Kernel {
  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    8 * operands[0].layout.count
  }

  /// Rows by themselves, columns by themselves: half of each.
  func run(_ call: KernelCall) {
    let (x, scale) = (call.operands[0], call.operands[1].floats[0])
    let n = x.columns
    call.workers.run(1) { _, scratch in
      let rows = scratch.assumingMemoryBound(to: Float.self)
      let columns = rows + n * n
      rows.update(from: x.floats, count: n * n)
      for row in 0..<n {
        for column in 0..<n { columns[column * n + row] = rows[row * n + column] }
      }
      var sum = 0.0
      for index in 0..<n {
        for matrix in [rows, columns] {
          sum +=
            RowCrossEntropy(
              matrix + index * n, count: n, label: index, smoothing: 0, scale: scale / 2
            ).loss / 2
        }
      }
      call.result.floats[0] = Float(sum * Double(scale))
      guard givesGradient else { return }
      let y = call.results[1].floats
      for row in 0..<n {
        for column in 0..<n {
          y[row * n + column] = rows[row * n + column] + columns[column * n + row]
        }
      }
    }
  }
}
