public import PeftBasics
import PeftPlatform

/// How many threads to run on, as a user writes it.
public struct ThreadCount: Hashable, Sendable {
  public let count: Int

  /// The environment variable that sets it.
  public static let variable = "PEFT_THREADS"
  /// The numbers of threads that can be asked for.
  public static let range = 1...1024
  /// What a text has to say.
  public static let expectation =
    "give a whole number of threads from \(range.lowerBound) to \(range.upperBound)"

  /// - Returns: Nil where the text is no number from 1 to 1024.
  public init?(_ text: String) {
    guard let count = Int(text), Self.range ~= count else { return nil }
    self.count = count
  }

  /// The number that `PEFT_THREADS` asks for; nil where it is not set.
  /// - Throws: `ThreadCountError` where it says something else.
  public static func fromEnvironment() throws(ThreadCountError) -> Int? {
    guard let text = getenv(variable).map({ String(cString: $0) }), !text.isEmpty else {
      return nil
    }
    guard let count = ThreadCount(text) else { throw ThreadCountError(text: text) }
    return count.count
  }
}

/// A number of threads in the environment that cannot be had.
public struct ThreadCountError: Diagnosis, Hashable {
  public let text: String

  public var words: (problem: String, fix: String?) {
    ("\(ThreadCount.variable) is '\(text)'", ThreadCount.expectation)
  }
}
