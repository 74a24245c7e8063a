public import PeftBasics
public import PeftTensors

/// Why a matrix cannot be decomposed, and what to do about it.
public struct DecompositionError: Diagnosis, Hashable {
  public enum Reason: Hashable, Sendable {
    case notAMatrix
    case noEntries
    case notReal(NumberType)
    /// More rows and columns than the library can count the working memory of.
    case tooLarge(limit: Int)
    /// The first entry that is inf or NaN as a 32-bit float.
    case notFinite(row: Int, column: Int)
    case rankOutOfRange(Int, limit: Int)
    case shareOutOfRange(Double)
    case noThread
  }

  public let reason: Reason
  public let shape: [Int]

  init(_ reason: Reason, shape: [Int]) {
    self.reason = reason
    self.shape = shape
  }

  public var words: (problem: String, fix: String?) {
    let (problem, fix): (String, String) =
      switch reason {
      case .notAMatrix: ("it has \(shape.count) axes", "give rows and columns")
      case .noEntries: ("it has no entries", "give at least one row and one column")
      case .notReal(let type): ("it is made of \(type)", "give real numbers")
      case .tooLarge(let limit):
        ("it is too large to decompose", "give at most \(limit) rows or at most \(limit) columns")
      case .notFinite(let row, let column):
        (
          "its entry in row \(row), column \(column) is inf or NaN in 32 bits",
          "load a checkpoint without inf and NaN"
        )
      case .rankOutOfRange(let rank, let limit):
        ("it has no decomposition of rank \(rank)", "choose a rank from 1 to \(limit)")
      case .shareOutOfRange(let share):
        ("\(share) is no share of it to keep", "choose a number above 0, up to 1")
      case .noThread: (WorkerThread.refusal.problem, WorkerThread.refusal.fix)
      }
    return ("matrix \(shape): \(problem)", fix)
  }
}
