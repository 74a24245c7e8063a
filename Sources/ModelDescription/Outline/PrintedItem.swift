/// A line of `print(model)` that names a module: `(fc): Linear(…)`, `(0-11): 12 x GPT2Block(`, or the
/// root's `GPT2Model(`.
struct PrintedItem {
  enum Content {
    /// A module whose parentheses are closed on the line, and what follows it.
    case closed(className: Substring, arguments: Substring, rest: Substring)
    /// A module that goes on, and what follows its parenthesis.
    case opened(className: Substring, rest: Substring)
    /// A bare parameter as a list of them prints it, and what follows it.
    case parameter(shape: Substring, rest: Substring)
    /// A place for a module that is not there.
    case nothing
  }

  /// What stands before the colon; nil at the root.
  let label: Substring?
  /// As many modules as the label says: `12`.
  let count: Substring?
  let content: Content

  /// - Parameter line: Without the blanks around it.
  /// - Returns: Nil for anything else: `)`, or what a class adds to its text.
  init?(_ line: Substring) {
    var text = line
    guard text.first == "(" else {
      guard let content = Self.module(text) else { return nil }
      (label, count, self.content) = (nil, nil, content)
      return
    }
    guard let end = text.firstIndex(of: ")"), text[end...].hasPrefix("): ") else { return nil }
    let label = text.dropFirst()[..<end]
    guard !label.contains("(") else { return nil }
    self.label = label
    text = text[end...].dropFirst(3)
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let after = text[digits.endIndex...]
    if !digits.isEmpty, after.hasPrefix(" x ") {
      count = digits
      text = after.dropFirst(3)
    } else {
      count = nil
    }
    if text == "None" {
      content = .nothing
    } else if let content = Self.parameter(text) ?? Self.module(text) {
      self.content = content
    } else {
      return nil
    }
  }

  /// Whether a text looks like what `print(model)` prints: `GPT2Model(` on one line, a module on the next.
  static func begins(_ text: String) -> Bool {
    var isOpen = false
    for line in text.split(whereSeparator: \.isNewline).lazy.map(\.trimmed) {
      guard let item = PrintedItem(line) else {
        isOpen = false
        continue
      }
      if isOpen, item.label != nil { return true }
      if item.label == nil, case .opened(_, let rest) = item.content {
        isOpen = rest.isEmpty
      } else {
        isOpen = false
      }
    }
    return false
  }

  /// `Linear(in_features=2, …)`, `GPT2Block(`.
  private static func module(_ text: Substring) -> Content? {
    let name = text.prefix { !$0.isWhitespace && !"()=,:'\"".contains($0) }
    guard let first = name.first, first.isLetter || first == "_",
      text[name.endIndex...].first == "("
    else { return nil }
    let inside = text[name.endIndex...].dropFirst()
    guard let end = closing(inside) else { return .opened(className: name, rest: inside) }
    return .closed(
      className: name, arguments: inside[..<end], rest: inside[end...].dropFirst())
  }

  /// Where the parenthesis before a text is closed in it.
  private static func closing(_ text: Substring) -> Substring.Index? {
    var depth = 0
    for index in text.utf8.indices {
      switch text.utf8[index] {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")") where depth == 0: return index
      case UInt8(ascii: ")"): depth -= 1
      default: break
      }
    }
    return nil
  }

  /// `Parameter containing: [torch.float32 of size 3x4]`.
  private static func parameter(_ text: Substring) -> Content? {
    guard text.hasPrefix("Parameter containing: ["), let end = text.firstIndex(of: "]"),
      let size = text.range(of: " of size ", before: end)
    else { return nil }
    let shape = text[size.upperBound..<end].prefix { $0 != " " }
    return .parameter(shape: shape, rest: text[end...].dropFirst())
  }
}

extension Substring {
  fileprivate func range(of word: String, before end: Index) -> Range<Index>? {
    self[..<end].firstRange(of: word)
  }
}

/// What stands between a module's parentheses: `3, 64, kernel_size=(7, 7), bias=False`.
struct PrintedArguments {
  /// Values without a name, in order.
  let values: [Substring]
  /// The last value of each name.
  let named: [Substring: Substring]

  init(_ text: Substring) {
    var values: [Substring] = []
    var named: [Substring: Substring] = [:]
    for part in Self.parts(text) {
      if let equals = part.firstIndex(of: "="), !part.prefix(upTo: equals).contains("(") {
        named[part[..<equals].trimmed] = part[equals...].dropFirst().trimmed
      } else {
        values.append(part)
      }
    }
    (self.values, self.named) = (values, named)
  }

  /// What stands between commas that are in no parentheses.
  private static func parts(_ text: Substring) -> [Substring] {
    var parts: [Substring] = []
    var depth = 0
    var start = text.startIndex
    for index in text.utf8.indices {
      switch text.utf8[index] {
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ",") where depth == 0:
        parts.append(text[start..<index].trimmed)
        start = text.utf8.index(after: index)
      default: break
      }
    }
    let last = text[start...].trimmed
    return last.isEmpty ? parts : parts + [last]
  }

  /// Whether something is switched on; PyTorch leaves out what is as usual.
  func flag(_ name: Substring, otherwise usual: Bool) -> Bool {
    named[name].map { $0 == "True" } ?? usual
  }
}

extension Substring {
  /// Without blanks at both ends.
  var trimmed: Substring {
    let start = firstIndex { !$0.isWhitespace } ?? endIndex
    let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? start
    return self[start..<end]
  }
}
