import PeftBasics

/// A pattern that is compiled up front but whose mistakes count only once it is used.
///
/// PEFT compiles when it first needs to, so a bad pattern that nothing reaches does no harm there.
struct LazyPattern {
  private let compiled: Result<PythonPattern, PatternError>
  private let setting: String

  /// - Parameter setting: The field it comes from, for messages.
  init(_ source: String, before: String = "", after: String = "", setting: String) {
    compiled = Result { () throws(PatternError) in
      try PythonPattern(source, before: before, after: after)
    }
    self.setting = setting
  }

  func wholeMatch(_ text: String) throws(TargetError) -> PythonPattern.Match? {
    try use { pattern throws(PatternError) in try pattern.wholeMatch(text) }
  }

  func startMatch(_ text: String) throws(TargetError) -> PythonPattern.Match? {
    try use { pattern throws(PatternError) in try pattern.startMatch(text) }
  }

  private func use<Answer>(
    _ body: (PythonPattern) throws(PatternError) -> Answer
  ) throws(TargetError) -> Answer {
    do throws(PatternError) {
      return try body(try compiled.get())
    } catch {
      throw TargetError(.badPattern(setting: setting, error))
    }
  }
}
