package import ModelGraph
public import PeftBasics

/// Why a basis cannot be drawn, and what to do about it.
public struct RandomBasisError: Diagnosis, Equatable {
  public enum Reason: Equatable, Sendable {
    /// All entries are the same, so that their standard deviation is zero or NaN.
    case noSpread
    case blocksDoNotDivide(blocks: Int)
    /// A fan or a sparsity that is not a positive number, or preceding words below zero.
    case badSetting(String)
    case badShape
    case noMemory(bytes: Int)
  }

  public let reason: Reason
  public let key: Int
  public let shape: [Int]

  package init(_ reason: Reason, _ basis: RandomBasis, shape: [Int]) {
    self.reason = reason
    key = basis.key
    self.shape = shape
  }

  public var words: (problem: String, fix: String?) {
    let (problem, fix): (String, String) =
      switch reason {
      case .noSpread:
        (
          "all its entries are equal, so they cannot be divided by their standard deviation",
          "choose another key, bases that are less sparse, or larger modules"
        )
      case .noMemory(let bytes):
        ("there is no memory of \(bytes) bytes for it", "choose lower ranks, or smaller modules")
      case .blocksDoNotDivide(let blocks):
        ("\(blocks) blocks do not divide its axis 1", "make axis 1 a multiple of \(blocks)")
      case .badSetting(let setting): ("\(setting) is not usable", "choose a positive number")
      case .badShape:
        ("its shape cannot be counted", "choose sizes of at least 0 and below 2^63 in all")
      }
    return ("random basis \(shape) of key \(key): \(problem)", fix)
  }
}
