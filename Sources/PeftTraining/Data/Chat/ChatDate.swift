import PeftTemplates
public import TunerKit

/// A day as recipes write it: `2026-11-30`.
public struct ChatDate: Hashable, Sendable {
  let time: TemplateTime

  /// Nil where there is no such day.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.count) == [4, 2, 2], parts.allSatisfy({ $0.allSatisfy(\.isASCII) }) else {
      return nil
    }
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == 3, 1...12 ~= numbers[1], 1...31 ~= numbers[2] else { return nil }
    time = TemplateTime(year: numbers[0], month: numbers[1], day: numbers[2])
  }

  init(_ time: TemplateTime) {
    self.time = TemplateTime(year: time.year, month: time.month, day: time.day)
  }

  /// The present day where the machine is.
  static var today: ChatDate { ChatDate(.now) }

  var text: String {
    func digits(_ number: Int, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    return "\(digits(time.year, 4))-\(digits(time.month, 2))-\(digits(time.day, 2))"
  }
}

extension ChatDate: ConfigurationRepresentable {
  public static var expectation: String { "a day, such as 2026-11-30" }

  public init?(configurationValue value: ConfigurationValue) {
    guard case .text(let text) = value else { return nil }
    self.init(text)
  }

  public var configurationValue: ConfigurationValue { .text(text) }
}
