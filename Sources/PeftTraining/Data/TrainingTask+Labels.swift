import PeftAdapters
import PeftReports

extension TrainingTask {
  /// Whether each row has one label, of however many numbers.
  var hasRowLabels: Bool {
    switch self {
    case .classes, .multiLabel, .regression: true
    case .causalTokens, .tokens, .contrastive: false
    }
  }

  /// How many numbers are a row's label.
  var labelCount: Int {
    switch self {
    case .multiLabel(let count), .regression(let count): count
    case .causalTokens, .tokens, .classes, .contrastive: 1
    }
  }

  /// The shape of a batch's labels; nil where there are none.
  /// - Parameter tokens: The shape where every token has one.
  func labelShape(rows: Int, tokens: [Int]?) -> [Int]? {
    switch self {
    case .causalTokens, .tokens: tokens
    case .classes: [rows]
    case .multiLabel, .regression: [rows, labelCount]
    case .contrastive: nil
    }
  }

  /// Makes sure that a number can be a row's label.
  /// - Parameters:
  ///   - text: The number in a message. Made only where it is needed: numbers are many.
  ///   - place: How a message calls it.
  func check(
    _ number: Double, text: @autoclosure () -> String, place: @autoclosure () -> String
  ) throws(DataError.Reason) {
    let allowed: String
    switch self {
    case .classes(let count):
      if number == number.rounded(), 0..<Double(count) ~= number { return }
      allowed = "whole numbers from 0 to \(count - 1)"
    case .multiLabel:
      if 0...1 ~= number { return }
      allowed = "from 0 to 1"
    default:
      if number.isFinite { return }
      allowed = "finite numbers"
    }
    throw .labelOutOfRange(place: place(), value: text(), allowed: allowed)
  }
}
