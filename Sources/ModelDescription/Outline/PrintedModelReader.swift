import PeftBasics

/// Reads the text of `print(model)` by its parentheses, not by its indentation.
struct PrintedModelReader {
  private struct Open {
    var module: PrintedModule
    /// Parentheses that its lines have opened, its own among them.
    var parentheses = 1
    var names: Set<String> = []
    /// Modules in it, those of repeated ones counted each time.
    var size = 1
  }

  private let file: SourceFile
  private var open: [Open] = []
  private var root: PrintedModule?
  /// A module on one line, which is the model where there is no other.
  private var single: PrintedModule?
  /// Names that ranges stand for, however small what they repeat is.
  private var nameCount = 0

  /// - Throws: `DescriptionError` about an `OutlineProblem`.
  static func read(_ file: SourceFile) throws(DescriptionError) -> PrintedModule {
    var reader = PrintedModelReader(file: file)
    for number in 1...file.lineCount { try reader.read(line: number) }
    if let last = reader.open.last {
      throw DescriptionError(
        OutlineProblem.endsInside(last.module.className), at: last.module.range)
    }
    guard let root = reader.root ?? reader.single else {
      throw DescriptionError(OutlineProblem.notPrinted, path: file.path)
    }
    return root
  }

  private init(file: SourceFile) { self.file = file }

  private mutating func read(line number: Int) throws(DescriptionError) {
    guard let line = file.line(number) else { return }
    let text = line.trimmed
    guard !text.isEmpty else { return }
    let start =
      file.characterOffset(ofLine: number) + line[..<text.startIndex].unicodeScalars.count
    let range = SourceRange(file: file, from: start, to: start + text.unicodeScalars.count)
    do throws(OutlineProblem) {
      if open.isEmpty { try readOutside(text, range) } else { try read(text, range) }
    } catch {
      throw DescriptionError(error, at: range)
    }
  }

  /// What stands before and after a model: a prompt, messages of libraries.
  private mutating func readOutside(
    _ text: Substring, _ range: SourceRange
  ) throws(OutlineProblem) {
    if text.first == ")" { throw root == nil ? .startsInside : .closedTwice }
    guard let item = PrintedItem(text) else { return }
    guard item.label == nil else { throw .startsInside }
    switch item.content {
    case .opened where root != nil: throw .secondModel
    case .opened: try read(text, range)
    case .closed(let name, let arguments, _) where single == nil && name != "print":
      single = PrintedModule(
        className: String(name), label: nil, arguments: arguments, range: range)
    case .closed, .parameter, .nothing: break
    }
  }

  private mutating func read(
    _ text: Substring, _ range: SourceRange
  ) throws(OutlineProblem) {
    guard let item = PrintedItem(text) else { return try readRest(text, isText: true) }
    let label = try item.label.map { text throws(OutlineProblem) in
      try self.label(text, item.count)
    }
    if label == nil, !open.isEmpty { return try readRest(text, isText: true) }
    switch item.content {
    case .nothing: break
    case .parameter(let shape, let rest):
      try addParameter(label, shape)
      try readRest(rest, isText: false)
    case .opened(let name, let rest):
      try enter(name, label, range)
      try readInner(rest, range)
    case .closed(let name, let arguments, let rest):
      try enter(name, label, range)
      // A ParameterDict has its first parameter on its own line.
      if let inner = PrintedItem(arguments.trimmed), case .parameter(let shape, _) = inner.content,
        let label = inner.label
      {
        try addParameter(self.label(label, nil), shape)
      } else {
        open[open.count - 1].module.arguments = arguments
      }
      try leave()
      try readRest(rest, isText: false)
    }
  }

  /// What follows a parenthesis on its line.
  private mutating func readInner(
    _ rest: Substring, _ range: SourceRange
  ) throws(OutlineProblem) {
    let text = rest.trimmed
    if !text.isEmpty { try read(text, range) }
  }

  /// Counts parentheses, which may close modules.
  private mutating func readRest(_ text: Substring, isText: Bool) throws(OutlineProblem) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: ")"):
        guard !open.isEmpty else { throw .closedTwice }
        open[open.count - 1].parentheses -= 1
        if open[open.count - 1].parentheses == 0 { try leave() }
      case _ where open.isEmpty: break
      case UInt8(ascii: "("): open[open.count - 1].parentheses += 1
      case UInt8(ascii: " "), UInt8(ascii: ","): break
      default: if isText { open[open.count - 1].module.hasText = true }
      }
    }
  }

  private mutating func enter(
    _ className: Substring, _ label: PrintedModule.Label?, _ range: SourceRange
  ) throws(OutlineProblem) {
    guard open.count < OutlineBuilder.deepest else { throw .tooDeep }
    guard className.utf8.count <= 200 else { throw .badName(String(className)) }
    if open.isEmpty, className.hasPrefix("PeftModel") { throw .adapted }
    open.append(
      Open(module: PrintedModule(className: String(className), label: label, range: range)))
  }

  /// Gives the innermost module to the one around it.
  private mutating func leave() throws(OutlineProblem) {
    let closed = open.removeLast()
    guard !open.isEmpty else {
      root = closed.module
      return
    }
    let (size, overflow) = closed.size.multipliedReportingOverflow(
      by: closed.module.label?.count ?? 1)
    let last = open.count - 1
    guard !overflow, size <= OutlineBuilder.mostModules - open[last].size else {
      throw .tooManyModules
    }
    open[last].size += size
    open[last].module.children.append(closed.module)
  }

  private mutating func addParameter(
    _ label: PrintedModule.Label?, _ shape: Substring
  ) throws(OutlineProblem) {
    guard case .name(let name)? = label else { throw .badRange("\(shape)", count: "1") }
    var sizes: [Int] = []
    for part in shape.split(separator: "x") {
      guard let size = Int(part), size >= 0, sizes.count < 8 else {
        throw .badSize(String(shape), of: name)
      }
      sizes.append(size)
    }
    open[open.count - 1].module.parameters.append((name, sizes))
  }

  /// A module's name or numbers, which no other in the same one has.
  private mutating func label(
    _ text: Substring, _ count: Substring?
  ) throws(OutlineProblem) -> PrintedModule.Label {
    let label = try Self.label(text, count)
    if text == "base_layer" { throw .adapted }
    nameCount += label.count
    guard nameCount <= OutlineBuilder.mostModules else { throw .tooManyModules }
    guard !open.isEmpty else { return label }
    for name in label.names where !open[open.count - 1].names.insert(name).inserted {
      throw .nameTwice(name)
    }
    return label
  }

  private static func label(
    _ text: Substring, _ count: Substring?
  ) throws(OutlineProblem) -> PrintedModule.Label {
    guard let count else {
      guard !text.contains(".") else { throw .badName(String(text)) }
      try OutlineBuilder.checkName(text)
      return .name(String(text))
    }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1], first >= 0, first <= last,
      last < Int.max, let number = Int(count), last - first == number - 1
    else { throw .badRange(String(text), count: String(count)) }
    guard number <= OutlineBuilder.mostModules else { throw .tooManyModules }
    return .numbers(first...last)
  }
}
