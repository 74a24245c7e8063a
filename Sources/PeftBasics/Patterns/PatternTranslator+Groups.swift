extension PatternTranslator {
  /// Reads whatever starts with a parenthesis.
  ///
  /// - Returns: Its width; nil for a comment or a setting, which is no item and leaves the last one
  ///   to be repeated.
  mutating func group(
    _ mode: inout Mode, flagsAllowed: Bool
  ) throws(PatternError) -> PatternWidth? {
    let start = reader.offset
    reader.position += 1
    guard reader.skip("?") else { return try capture(named: nil, mode, start) }
    guard let token = reader.next() else { throw invalid("it ends after (?") }
    switch token.isEscaped ? "\\" : token.scalar {
    case ":": return try body(opening: "(?:", mode, start)
    case ">": return try body(opening: "(?>", mode, start)
    case "#":
      guard reader.text(upTo: ")") != nil else { throw invalid("a comment has no end", at: start) }
      return nil
    case "=", "!":
      _ = try body(opening: "(?\(token.scalar)", mode, start)
      return .zero
    case "<": return try lookBehind(mode, start)
    case "P": return try namedGroup(mode, start)
    case "(": return try condition(mode, start)
    case "-", "a", "i", "L", "m", "s", "u", "x":
      reader.position -= 1
      return try flags(&mode, areAllowed: flagsAllowed, start)
    default: throw invalid("unknown extension (?\(token.scalar)", at: start)
    }
  }

  private mutating func body(
    opening: String, _ mode: Mode, _ start: Int
  ) throws(PatternError) -> PatternWidth {
    output += opening
    let width = try alternatives(mode)
    guard reader.skip(")") else { throw invalid("a ( has no )", at: start) }
    output += ")"
    return width
  }

  private mutating func capture(
    named name: String?, _ mode: Mode, _ start: Int
  ) throws(PatternError) -> PatternWidth {
    let number = groups.count
    guard number <= Self.mostGroups else {
      throw PatternError(
        pattern: pattern, reason: .tooLong(limit: "it has more than \(Self.mostGroups) groups"))
    }
    groups.append(nil)
    if let name, names.updateValue(number, forKey: name) != nil {
      throw invalid("two groups are called \(name.doubleQuoted)", at: start)
    }
    let width = try body(opening: "(", mode, start)
    groups[number] = width
    return width
  }

  /// `(?P<name>…)` or `(?P=name)`.
  private mutating func namedGroup(
    _ mode: Mode, _ start: Int
  ) throws(PatternError) -> PatternWidth {
    if reader.skip("<") {
      return try capture(named: try name(upTo: ">"), mode, start)
    }
    guard reader.skip("=") else { throw invalid("unknown extension (?P…", at: start) }
    let name = try name(upTo: ")")
    guard let number = names[name] else { throw invalid("no group is called \(name.doubleQuoted)") }
    return try reference(to: number)
  }

  private mutating func name(upTo terminator: Unicode.Scalar) throws(PatternError) -> String {
    guard let name = reader.text(upTo: terminator) else {
      throw invalid("the name of a group has no end")
    }
    guard isIdentifier(name) else { throw invalid("\(name.doubleQuoted) cannot name a group") }
    return name
  }

  private func isIdentifier(_ name: String) -> Bool {
    guard let first = name.unicodeScalars.first else { return false }
    return (first == "_" || first.properties.isXIDStart)
      && name.unicodeScalars.allSatisfy { $0.properties.isXIDContinue }
  }

  /// What a group matched, once more.
  mutating func reference(to number: Int) throws(PatternError) -> PatternWidth {
    guard number < groups.count else { throw invalid("there is no group \(number)") }
    guard let width = groups[number] else { throw invalid("a group refers to itself") }
    try checkLookBehind(refersTo: number)
    output += "\\g{\(number)}"
    return width
  }

  /// `(?(group)yes|no)`.
  private mutating func condition(
    _ mode: Mode, _ start: Int
  ) throws(PatternError) -> PatternWidth {
    guard let name = reader.text(upTo: ")") else { throw invalid("a ( has no )", at: start) }
    let number: Int
    if isIdentifier(name) {
      guard let named = names[name] else {
        throw invalid("no group is called \(name.doubleQuoted)")
      }
      number = named
    } else {
      guard name.unicodeScalars.allSatisfy({ $0.isASCIIDigit }), let given = Int(name), given > 0
      else { throw invalid("\(name.doubleQuoted) is no group to ask about") }
      number = given
      note(condition: number)
    }
    try checkLookBehind(refersTo: number)
    output += "(?(\(number))"
    var inner = mode
    var width = try sequence(&inner)
    if reader.skip("|") {
      output += "|"
      width = try width | sequence(&inner)
    } else {
      width = width | .zero
    }
    guard reader.bare != "|" else { throw invalid("a condition has more than two branches") }
    guard reader.skip(")") else { throw invalid("a ( has no )", at: start) }
    output += ")"
    return width
  }

  private mutating func lookBehind(
    _ mode: Mode, _ start: Int
  ) throws(PatternError) -> PatternWidth {
    let opening: String
    if reader.skip("=") {
      opening = "(?<="
    } else if reader.skip("!") {
      opening = "(?<!"
    } else {
      throw invalid("unknown extension (?<; a named group is (?P<name>…)", at: start)
    }
    let isOutermost = groupsBeforeLookBehind == nil
    if isOutermost { groupsBeforeLookBehind = groups.count }
    let width = try body(opening: opening, mode, start)
    if isOutermost { groupsBeforeLookBehind = nil }
    guard width.isFixed else { throw invalid("a look-behind has no fixed width", at: start) }
    return .zero
  }

  private func checkLookBehind(refersTo number: Int) throws(PatternError) {
    guard let limit = groupsBeforeLookBehind else { return }
    guard number < groups.count, groups[number] != nil else {
      throw invalid("a look-behind refers to an open group")
    }
    if number >= limit { throw invalid("a look-behind refers to a group of its own") }
  }
}
