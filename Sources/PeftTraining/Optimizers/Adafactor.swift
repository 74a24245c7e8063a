import CKernels
import PeftPlatform
public import TunerKit

/// Adafactor: steps in proportion to the parameter's scale, along the gradient over the root of its
/// second moment. Of a matrix's second moment only row and column averages are kept, so that the state
/// is small.
/// Weight decay is decoupled.
///
/// With `t` the number of the step, `ρ = min(learning rate, 1/√t)` and `RMS` the root mean square:
/// `w −= max(ε₂, RMS(w)) · ρ · u / max(1, RMS(u) / d)`, where `u = g / √v̂`. The variance `v̂` is the
/// running average of `g²` for vectors, and `row · column / mean(row)` over the last two axes of all
/// else, with averages whose beta2 is `1 − t^beta2_decay`.
/// - SeeAlso: Shazeer and Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", 2018,
///   arXiv:1804.04235; `torch.optim.Adafactor`.
public struct Adafactor: OptimizerMethod {
  public var beta2Decay = -0.8
  /// ε₁, the smallest root of a variance; the machine epsilon of 32-bit floats where nil.
  public var epsilon1: Double?
  /// ε₂, the smallest root mean square of a parameter.
  public var epsilon2 = 1e-3
  /// `d`: the root mean square to which larger updates are scaled.
  public var clippingThreshold = 1.0

  public init() {}

  public static let name = "adafactor"
  public static let defaultLearningRate = 1e-2

  public static let fields: [ConfigurationField<Adafactor>] = [
    ConfigurationField(
      "beta2_decay", \.beta2Decay, "Exponent of beta2's decay: beta2 is 1 − step^beta2_decay.",
      rule: FieldRule(all: "a finite number, at most 0") { $0.isFinite && $0 <= 0 }),
    ConfigurationField(
      "eps", \.epsilons, "Epsilons: added to the denominator; the smallest parameter scale.",
      rule: FieldRule(
        "two numbers from 0 on, the first or null",
        expectation: "a list of two numbers from 0 on, the first or null"
      ) { values in
        values.count == 2 && values[1] != nil
          && values.allSatisfy { $0.map { $0.isFinite && $0 >= 0 } ?? true }
      }),
    ConfigurationField(
      "d", \.clippingThreshold, "Clipping threshold of the update.", rule: .finite(from: 1)),
  ]

  private var epsilons: [Double?] {
    get { [epsilon1, epsilon2] }
    set {
      guard newValue.count == 2, let second = newValue[1] else { return }
      (epsilon1, epsilon2) = (newValue[0], second)
    }
  }

  public func state(of shape: [Int]) -> [(name: String, count: Int)] {
    let count = shape.reduce(1, *)
    guard let grid = Grid(shape) else { return [("variance", count)] }
    return [("row_var", grid.matrices * grid.rows), ("col_var", grid.matrices * grid.columns)]
  }

  public func step(_ step: OptimizerStep) {
    let number = Double(step.number)
    let rate = min(step.learningRate, 1 / number.squareRoot())
    var squares = 0.0
    ck_square_sum(step.count, step.values, &squares)
    let size = max(epsilon2, (squares / Double(step.count)).squareRoot())
    addSquares(of: step, share: Float(pow(number, beta2Decay)))
    squares = 0
    forEachUpdate(of: step) { _, update in squares += Double(update) * Double(update) }
    let excess = (squares / Double(step.count)).squareRoot() / clippingThreshold
    let factor = Float(-size * rate / max(1, excess))
    forEachUpdate(of: step) { index, update in
      step.values[index] = step.values[index] * step.decayFactor + factor * update
    }
  }

  /// Brings the averages of squares up to date.
  private func addSquares(of step: OptimizerStep, share: Float) {
    func square(_ index: Int) -> Double {
      let gradient = Double(step.gradient[index] * step.gradientScale)
      return gradient * gradient
    }
    guard let grid = Grid(step.shape) else {
      for index in 0..<step.count {
        step.state[0][index].move(to: Float(square(index)), by: share)
      }
      return
    }
    for matrix in 0..<grid.matrices {
      let rows = step.state[0] + matrix * grid.rows
      let columns = step.state[1] + matrix * grid.columns
      var columnSums = [Double](repeating: 0, count: grid.columns)
      for row in 0..<grid.rows {
        var sum = 0.0
        for column in 0..<grid.columns {
          let square = square(grid.index(matrix, row, column))
          sum += square
          columnSums[column] += square
        }
        rows[row].move(to: Float(sum / Double(grid.columns)), by: share)
      }
      for (column, sum) in columnSums.enumerated() {
        columns[column].move(to: Float(sum / Double(grid.rows)), by: share)
      }
    }
  }

  /// Calls `body` with the place of every entry, and with its gradient over the root of its variance.
  @inline(__always)
  private func forEachUpdate(of step: OptimizerStep, _ body: (_ index: Int, Float) -> Void) {
    let epsilon = epsilon1 ?? Double(Float.ulpOfOne)
    let least = Float(epsilon * epsilon)
    func update(_ index: Int, variance: Float) -> Float {
      1 / max(variance, least).squareRoot() * (step.gradient[index] * step.gradientScale)
    }
    guard let grid = Grid(step.shape) else {
      for index in 0..<step.count { body(index, update(index, variance: step.state[0][index])) }
      return
    }
    for matrix in 0..<grid.matrices {
      let rows = step.state[0] + matrix * grid.rows
      let columns = step.state[1] + matrix * grid.columns
      let sum = (0..<grid.rows).reduce(0.0) { $0 + Double(rows[$1]) }
      let mean = max(Float(sum / Double(grid.rows)), Float(epsilon))
      for row in 0..<grid.rows {
        for column in 0..<grid.columns {
          let index = grid.index(matrix, row, column)
          body(index, update(index, variance: rows[row] * columns[column] / mean))
        }
      }
    }
  }
}

/// A tensor as matrices of its last two axes.
private struct Grid {
  let matrices: Int
  let rows: Int
  let columns: Int

  /// Nil for what has fewer than two axes.
  init?(_ shape: [Int]) {
    guard shape.count > 1 else { return nil }
    (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    matrices = shape.dropLast(2).reduce(1, *)
  }

  func index(_ matrix: Int, _ row: Int, _ column: Int) -> Int {
    (matrix * rows + row) * columns + column
  }
}

extension Float {
  /// Interpolates linearly to another value; exact where the share is 1.
  fileprivate mutating func move(to end: Float, by share: Float) {
    self = share < 0.5 ? self + share * (end - self) : end - (end - self) * (1 - share)
  }
}
