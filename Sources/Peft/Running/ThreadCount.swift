#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// How many threads to run on, as the user says: by an option, or by `PEFT_THREADS`.
public enum ThreadCount {
  public static let variable = "PEFT_THREADS"
  private static let most = 1024

  /// The number that `PEFT_THREADS` asks for; nil where it is not set.
  /// - Throws: `ThreadCountError` where it is no number from 1 to 1024.
  public static func fromEnvironment() throws(ThreadCountError) -> Int? {
    guard let text = getenv(variable).map({ String(cString: $0) }), !text.isEmpty else {
      return nil
    }
    return try parse(text, from: variable)
  }

  /// - Parameter source: Where the text was written, for the message.
  public static func parse(_ text: String, from source: String) throws(ThreadCountError) -> Int {
    guard let count = Int(text), 1...most ~= count else {
      throw ThreadCountError(text: text, source: source)
    }
    return count
  }
}

/// A number of threads that cannot be had.
public struct ThreadCountError: Error, Hashable, Sendable, CustomStringConvertible {
  public let text: String
  public let source: String

  public var description: String {
    "error: \(source) is '\(text)'\n  fix: give a whole number of threads from 1 to 1024"
  }
}
