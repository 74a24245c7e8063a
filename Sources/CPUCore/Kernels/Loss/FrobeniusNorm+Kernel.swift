import ModelGraph

extension FrobeniusNorm: Kernel {
  func run(_ call: KernelCall) {
    let (x, scale) = (call.operands[0], weight * Double(call.operands[1].floats[0]))
    let n = x.columns
    func entry(_ row: Int, _ column: Int) -> Double {
      Double(x.floats[row * n + column]) - (isFromIdentity && row == column ? 1 : 0)
    }
    var sum = 0.0
    for row in 0..<x.rows {
      for column in 0..<n { sum += entry(row, column) * entry(row, column) }
    }
    let norm = sum.squareRoot()
    call.result.floats[0] = Float(scale * (isSquared ? sum : norm))
    guard givesGradient else { return }
    let slope = isSquared ? 2 * scale : norm > 0 ? scale / norm : 0
    let y = call.results[1].floats
    for row in 0..<x.rows {
      for column in 0..<n { y[row * n + column] = Float(slope * entry(row, column)) }
    }
  }
}
