import CPUCore
import PeftAdapters
import PeftReports
import PeftTensors

/// What the weights of a layer are changed by, made of one Gaussian matrix. All have the same Frobenius
/// norm, at which the mean squared error is 1 before training.
enum Shift: String, CaseIterable {
  /// Rank 4: the four largest singular directions, with equal singular values.
  case low = "rank-4"
  /// All directions, with equal singular values.
  case even = "even"
  /// The Gaussian matrix itself, whose singular values differ.
  case random = "random"

  var title: String {
    switch self {
    case .low: "rank 4"
    case .even: "full rank, equal singular values"
    case .random: "full rank, Gaussian entries"
    }
  }
}

/// The tensors of the example, from one seed.
struct ShiftNumbers {
  let weights: Tensor
  private let width: Int
  private let matrix: Tensor
  private var generator = TorchGenerator(seed: 0)

  init(width: Int) {
    self.width = width
    weights = generator.normal([width, width], deviation: 1 / Float(width).squareRoot())
    matrix = generator.normal([width, width])
  }

  mutating func inputs(_ rows: Int) -> Tensor { generator.normal([rows, width]) }

  /// A matrix whose squared Frobenius norm is its number of rows.
  func shift(_ shift: Shift) throws -> Tensor {
    switch shift {
    case .low: try Self.even(TruncatedSVD(of: matrix, rank: .exactly(4)), width)
    case .even: try Self.even(TruncatedSVD(of: matrix, rank: .exactly(width)), width)
    case .random: Self.scaled(matrix.floats(), width)
    }
  }

  /// The share of a matrix's squared norm beyond its `rank` largest singular values, which no update
  /// of that rank reaches.
  static func tail(of matrix: Tensor, beyond rank: Int) throws -> Double {
    let error = try TruncatedSVD(of: matrix, rank: .exactly(rank)).relativeError
    return error * error
  }

  /// The singular vectors without the values.
  private static func even(_ parts: TruncatedSVD, _ width: Int) -> Tensor {
    let (left, right) = (parts.left.floats(), parts.right.floats())
    var entries = [Float](repeating: 0, count: width * width)
    for row in 0..<width {
      for inner in 0..<parts.rank {
        let factor = left[row * parts.rank + inner]
        for column in 0..<width {
          entries[row * width + column] += factor * right[inner * width + column]
        }
      }
    }
    return scaled(entries, width)
  }

  private static func scaled(_ entries: [Float], _ width: Int) -> Tensor {
    let squares = entries.reduce(0.0) { $0 + Double($1) * Double($1) }
    let factor = Float((Double(width) / squares).squareRoot())
    return Tensor(entries.map { $0 * factor }, shape: [width, width])
  }
}

extension Tensor {
  /// The sum of two tensors of one shape.
  func adding(_ other: Tensor) -> Tensor {
    Tensor(zip(floats(), other.floats()).map { $0 + $1 }, shape: shape)
  }
}
