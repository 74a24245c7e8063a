public import PeftBasics
import PeftReports

/// A wanted number of trainable parameters: `9M`, `500k`, `1.5B`, `250000`, or `0.5%` of all.
public enum ParameterBudget: Hashable, Sendable {
  case parameters(Int)
  /// A share of all parameters, the adapter's own among them, as PEFT's "trainable%" counts.
  case percent(Double)

  /// - Throws: `ParameterBudgetError` where the text says no positive number.
  public init(_ text: String) throws(ParameterBudgetError) {
    let digits = text.filter { $0 != "_" && $0 != "," }
    if digits.hasSuffix("%") {
      guard let share = Self.number(digits.dropLast()), share > 0, share < 100 else {
        throw ParameterBudgetError(text: text)
      }
      self = .percent(share)
      return
    }
    let factors: [Character: Double] = ["k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9, "t": 1e12]
    let factor = digits.last.flatMap { factors[Character($0.lowercased())] }
    guard let number = Self.number(factor == nil ? digits[...] : digits.dropLast()),
      case let count = (number * (factor ?? 1)).rounded(), count >= 1, count < 0x1p53
    else { throw ParameterBudgetError(text: text) }
    self = .parameters(Int(count))
  }

  /// A number in plain decimal digits.
  private static func number(_ text: Substring) -> Double? {
    guard !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }) else {
      return nil
    }
    return Double(text)
  }

  /// The number of parameters that is meant for a model of that size.
  public func parameters(ofBase base: Int) -> Int {
    switch self {
    case .parameters(let count): return count
    case .percent(let share):
      // x / (base + x) = share
      let count = Double(base) * share / (100 - share)
      return Int(min(max(1, count.rounded()), 0x1p53))
    }
  }
}

/// A text that is not a number of parameters.
public struct ParameterBudgetError: Diagnosis, Hashable {
  public let text: String

  public var words: (problem: String, fix: String?) {
    ("'\(text)' is not a number of parameters", "write it as 9M, 500k, 1.5B, 250000 or 0.5%")
  }
}
