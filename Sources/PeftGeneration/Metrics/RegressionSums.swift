/// How near predicted numbers are to true ones, as sums to which batches are added.
///
/// The sums are about the mean (Welford, and Chan for two of them), so that numbers far from 0 lose no
/// digits. Without numbers scores are NaN.
public struct RegressionSums: Hashable, Sendable {
  public private(set) var count = 0
  private var squaredError = 0.0
  private var absoluteError = 0.0
  private var truth = Spread()
  private var prediction = Spread()
  /// The sum of the products of both distances from the mean.
  private var shared = 0.0

  /// A mean, and the sum of squared distances from it.
  private struct Spread: Hashable {
    var mean = 0.0
    var squares = 0.0
  }

  public init() {}

  /// Counts one number.
  public mutating func add(truth value: Double, prediction guess: Double) {
    count += 1
    squaredError += (value - guess) * (value - guess)
    absoluteError += (value - guess).magnitude
    let (fromTruth, fromPrediction) = (value - truth.mean, guess - prediction.mean)
    truth.mean += fromTruth / Double(count)
    prediction.mean += fromPrediction / Double(count)
    truth.squares += fromTruth * (value - truth.mean)
    prediction.squares += fromPrediction * (guess - prediction.mean)
    shared += fromTruth * (guess - prediction.mean)
  }

  /// Adds the sums of other numbers.
  public static func += (a: inout RegressionSums, b: RegressionSums) {
    guard b.count > 0 else { return }
    let whole = Double(a.count + b.count)
    let weight = Double(a.count) * Double(b.count) / whole
    let apart = (b.truth.mean - a.truth.mean, b.prediction.mean - a.prediction.mean)
    a.truth.squares += b.truth.squares + apart.0 * apart.0 * weight
    a.prediction.squares += b.prediction.squares + apart.1 * apart.1 * weight
    a.shared += b.shared + apart.0 * apart.1 * weight
    a.truth.mean += apart.0 * Double(b.count) / whole
    a.prediction.mean += apart.1 * Double(b.count) / whole
    a.squaredError += b.squaredError
    a.absoluteError += b.absoluteError
    a.count += b.count
  }

  public var meanSquaredError: Double { squaredError / Double(count) }
  public var meanAbsoluteError: Double { absoluteError / Double(count) }

  /// R², the share of the variance that is explained. NaN for fewer than two numbers; where the true ones
  /// are all the same, 1 if they were found and 0 if not, as in scikit-learn.
  public var r2: Double {
    guard count >= 2 else { return .nan }
    if truth.squares == 0 { return squaredError == 0 ? 1 : 0 }
    return 1 - squaredError / truth.squares
  }

  /// Pearson's correlation; NaN where the true or the predicted numbers are all the same.
  public var pearson: Double {
    let scale = truth.squares.squareRoot() * prediction.squares.squareRoot()
    guard scale > 0 else { return .nan }
    return max(-1, min(1, shared / scale))
  }
}
