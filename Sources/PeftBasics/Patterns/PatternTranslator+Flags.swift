extension PatternTranslator {
  /// `(?ims)` for the whole pattern, at its start only, or `(?i-s:…)` for a group.
  ///
  /// - Returns: The group's width; nil for settings of the whole.
  mutating func flags(
    _ mode: inout Mode, areAllowed: Bool, _ start: Int
  ) throws(PatternError) -> PatternWidth? {
    let on = reader.run { "aiLmsux".unicodeScalars.contains($0) }
    if on.contains("L") { throw invalid("the setting L is for bytes", at: start) }
    if on.contains("a"), on.contains("u") { throw invalid("settings a and u exclude each other") }
    var inner = mode
    apply(on, true, to: &inner)
    if inner.isASCII, inner.ignoresCase { throw unsupported("the settings a and i together") }
    if reader.skip(")") {
      guard areAllowed else {
        throw invalid("settings of the whole stand elsewhere than at its start", at: start)
      }
      globalFlags += on.filter { "ims".contains($0) }
      mode = inner
      return nil
    }
    var off = ""
    if reader.skip("-") {
      off = reader.run { "imsx".unicodeScalars.contains($0) }
      if off.isEmpty { throw invalid("a setting that can be turned off is missing after -") }
    }
    guard reader.skip(":") else { throw invalid("unknown settings, or no : after them") }
    if on.contains(where: off.contains) { throw invalid("a setting is turned on and off") }
    apply(off, false, to: &inner)
    let kept = on.filter { "ims".contains($0) }
    let dropped = off.filter { "ims".contains($0) }
    output += "(?\(kept)\(dropped.isEmpty ? "" : "-")\(dropped):"
    let width = try alternatives(inner)
    guard reader.skip(")") else { throw invalid("a ( has no )", at: start) }
    output += ")"
    return width
  }

  private func apply(_ flags: String, _ isOn: Bool, to mode: inout Mode) {
    if flags.contains("x") { mode.isVerbose = isOn }
    if flags.contains("i") { mode.ignoresCase = isOn }
    if flags.contains("a") { mode.isASCII = true }
    if flags.contains("u") { mode.isASCII = false }
  }
}
