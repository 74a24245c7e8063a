// How the settings about targets stand in a configuration file.

extension TargetSelection.Targets: ConfigurationRepresentable {
  public static var expectation: String { "a list of names, a pattern, or all-linear" }

  public init?(configurationValue value: ConfigurationValue) {
    if case .text(let text) = value {
      self.init(text)
    } else if let names = [String](configurationValue: value) {
      self = .names(names)
    } else {
      return nil
    }
  }

  /// Names are sorted, so that the same configuration is always the same file.
  public var configurationValue: ConfigurationValue {
    switch self {
    case .names(let names): names.sorted().configurationValue
    case .pattern(let pattern): .text(pattern)
    case .allLinear: .text("all-linear")
    case .nothing: .text(Self.nothingText)
    }
  }
}

extension TargetSelection.Targets: ExpressibleByArrayLiteral, ExpressibleByStringLiteral {
  public init(arrayLiteral names: String...) { self = .names(names) }
  public init(stringLiteral text: String) { self.init(text) }
}

extension TargetSelection.ModuleFilter: ConfigurationRepresentable {
  public static var expectation: String { "a list of names, or a pattern" }

  public init?(configurationValue value: ConfigurationValue) {
    if case .text(let text) = value {
      self = .pattern(text)
    } else if let names = [String](configurationValue: value) {
      self = .names(names)
    } else {
      return nil
    }
  }

  public var configurationValue: ConfigurationValue {
    switch self {
    case .names(let names): names.sorted().configurationValue
    case .pattern(let pattern): .text(pattern)
    }
  }
}

extension TargetSelection.Layers: ConfigurationRepresentable {
  public static var expectation: String { "a whole number, or a list of them" }

  public init?(configurationValue value: ConfigurationValue) {
    if let layer = Int(configurationValue: value) {
      self = .one(layer)
    } else if let layers = [Int](configurationValue: value) {
      self = .many(layers)
    } else {
      return nil
    }
  }

  public var configurationValue: ConfigurationValue {
    switch self {
    case .one(let layer): .integer(layer)
    case .many(let layers): layers.configurationValue
    }
  }
}

extension TaskType: ConfigurationRepresentable {
  public static var expectation: String {
    "one of \(allCases.map(\.rawValue).joined(separator: ", "))"
  }

  public init?(configurationValue value: ConfigurationValue) {
    guard case .text(let text) = value else { return nil }
    self.init(rawValue: text)
  }

  public var configurationValue: ConfigurationValue { .text(rawValue) }
}

/// A list that a file may also hold as one text, or as null for an empty one.
struct NameList: ConfigurationRepresentable {
  static var expectation: String { "a list of names" }
  var names: [String]

  init(_ names: [String]) { self.names = names }

  init?(configurationValue value: ConfigurationValue) {
    switch value {
    case .null: names = []
    case .text(let text): names = text.isEmpty ? [] : [text]
    default:
      guard let names = [String](configurationValue: value) else { return nil }
      self.names = names
    }
  }

  var configurationValue: ConfigurationValue { names.isEmpty ? .null : names.configurationValue }
}

/// A list of which one element may stand alone, as PEFT's declaration of the field has it. An empty
/// text is an empty list, which is not the same as null: PEFT refuses it beside a pattern.
struct PatternList: ConfigurationRepresentable {
  static var expectation: String { "a pattern, or a list of them" }
  var patterns: [String]

  init(_ patterns: [String]) { self.patterns = patterns }

  init?(configurationValue value: ConfigurationValue) {
    if case .text(let text) = value {
      patterns = text.isEmpty ? [] : [text]
    } else if let patterns = [String](configurationValue: value) {
      self.patterns = patterns
    } else {
      return nil
    }
  }

  var configurationValue: ConfigurationValue {
    switch patterns.count {
    case 0: .text("")
    case 1 where !patterns[0].isEmpty: .text(patterns[0])
    default: patterns.configurationValue
    }
  }
}

extension TargetSelection {
  var layersPatternList: PatternList? {
    get { layersPattern.map(PatternList.init) }
    set { layersPattern = newValue?.patterns }
  }

  var modulesToSaveList: NameList {
    get { NameList(modulesToSave) }
    set { modulesToSave = newValue.names }
  }
}
