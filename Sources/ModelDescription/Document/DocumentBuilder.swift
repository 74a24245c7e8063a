import ModelGraph
import PeftBasics

/// Builds the tree from libyaml's events, within limits, without recursion.
struct DocumentBuilder {
  private let file: SourceFile
  private let limits: DocumentLimits
  private let json: JSONText?
  private var open: [Collection] = []
  private var root: DocumentNode?
  private var anchors: [String: Anchored] = [:]
  private var values = 0
  /// Keys that are written twice. The first of them counts, unless the last one does.
  private(set) var duplicates: [DescriptionError] = []
  private let lastCounts: Bool

  /// A mapping or list whose end has not come yet.
  private struct Collection {
    let isMapping: Bool
    let start: Int
    var end: Int
    let anchor: String?
    /// How many values the document held before this one.
    let valuesBefore: Int
    /// The levels inside it, as far as they have been read.
    var height = 0
    var elements: [DocumentNode] = []
    var entries: [DocumentNode.Entry] = []
    var lines: [String: SourceRange] = [:]
    var key: (text: String, range: SourceRange, isQuoted: Bool, isDuplicate: Bool)?
  }

  /// A value that aliases can repeat: nil while it is being read.
  private struct Anchored {
    var node: DocumentNode?
    var values = 0
    var height = 0
  }

  /// - Parameter lastCounts: Whether the last of equal keys counts, as in Python's reader of JSON.
  init(file: SourceFile, limits: DocumentLimits, lastCounts: Bool = false) {
    self.file = file
    self.limits = limits
    self.lastCounts = lastCounts
    json = JSONText.looksLikeJSON(file.text) ? JSONText(file.text) : nil
  }

  mutating func document() throws -> DocumentNode {
    let stream = try EventStream(json?.bytes ?? Array(file.text.utf8))
    var documents = 0
    var firstLine = 1
    while true {
      let event = try stream.next()
      let range = range(event)
      if event.tag != nil {
        let words = range.text.split { $0.isWhitespace }
        let tag = words.first { $0.hasPrefix("!") } ?? "!"
        throw DescriptionError(DocumentProblem.tag(String(tag)), at: range)
      }
      switch event.kind {
      case .documentStart:
        guard documents == 0 else {
          throw DescriptionError(DocumentProblem.severalDocuments(firstLine: firstLine), at: range)
        }
        documents = 1
        firstLine = range.start.line
      case .documentEnd: break
      case .streamEnd:
        guard let root, documents > 0 else {
          throw DescriptionError(DocumentProblem.empty, path: file.path)
        }
        return root
      case .scalar(let text, let isQuoted):
        let scalar = Scalar(text: text, isQuoted: isQuoted, isJSON: json != nil)
        try addScalar(scalar, at: range, anchor: event.anchor)
      case .sequenceStart, .mappingStart: try begin(event, at: range)
      case .collectionEnd: try end(range)
      case .alias(let name): try repeatAnchor(name, at: range)
      }
    }
  }

  // MARK: - Values

  private mutating func addScalar(
    _ scalar: Scalar, at range: SourceRange, anchor: String?
  ) throws {
    if let index = open.indices.last, open[index].isMapping, open[index].key == nil {
      if let anchor { remember(anchor, DocumentNode(content: .scalar(scalar), range: range)) }
      return try addKey(scalar, at: range, to: index)
    }
    if range.startCharacter == range.endCharacter, let key = open.last?.key, !key.isQuoted,
      key.text.dropLast().contains(":"), range.startCharacter == key.range.endCharacter
    {
      throw DescriptionError(DocumentProblem.syntax(.missingSpace(after: key.text)), at: key.range)
    }
    try count(1, at: range, otherwise: .tooManyValues(limit: limits.values))
    let node = DocumentNode(content: .scalar(scalar), range: range)
    if let anchor { remember(anchor, node) }
    add(node, height: 0)
  }

  private mutating func addKey(_ scalar: Scalar, at range: SourceRange, to index: Int) throws {
    guard case .string(let text) = scalar.value else {
      if let last = open[index].entries.last, let start = last.value.openCall {
        throw DescriptionError(
          DocumentProblem.splitExpression(
            key: last.key, parts: [start, scalar.text], isWhole: false), at: last.value.range)
      }
      let problem =
        scalar.value == .null ? DocumentProblem.noKey : .keyIsNotText(kind: scalar.kindName)
      throw DescriptionError(problem, at: range)
    }
    guard text != "<<" || scalar.isQuoted else {
      throw DescriptionError(DocumentProblem.mergeKey, at: range)
    }
    let first = open[index].lines[text]
    if let first {
      let problem = DocumentProblem.duplicateKey(text, firstLine: first.start.line)
      guard duplicates.count < DescriptionErrors.most else {
        throw DescriptionError(problem, at: range)
      }
      duplicates.append(DescriptionError(problem, at: range))
    } else {
      open[index].lines[text] = range
    }
    open[index].key = (text, range, scalar.isQuoted, first != nil)
  }

  private mutating func begin(_ event: EventStream.Event, at range: SourceRange) throws {
    let isMapping = if case .mappingStart = event.kind { true } else { false }
    if let parent = open.last, parent.isMapping, parent.key == nil {
      let kind = isMapping ? "a mapping" : "a list"
      throw DescriptionError(DocumentProblem.keyIsCollection(kind: kind), at: range)
    }
    guard open.count < limits.nesting else {
      throw DescriptionError(DocumentProblem.nestedTooDeep(limit: limits.nesting), at: range)
    }
    let before = values
    try count(1, at: range, otherwise: .tooManyValues(limit: limits.values))
    if let anchor = event.anchor { anchors[anchor] = Anchored() }
    open.append(
      Collection(
        isMapping: isMapping, start: range.startCharacter, end: range.endCharacter,
        anchor: event.anchor, valuesBefore: before))
  }

  private mutating func end(_ range: SourceRange) throws {
    guard let collection = open.popLast() else { return }
    // A block ends where its last value does; libyaml says where the next token starts.
    let isFlow = range.startCharacter < range.endCharacter
    let end = isFlow ? range.endCharacter : collection.end
    let node = DocumentNode(
      content: collection.isMapping
        ? .mapping(collection.entries) : .sequence(collection.elements),
      range: SourceRange(file: file, from: collection.start, to: end))
    let height = collection.height + 1
    if let anchor = collection.anchor {
      anchors[anchor] = Anchored(
        node: node, values: values - collection.valuesBefore, height: height)
    }
    add(node, height: height)
  }

  private mutating func repeatAnchor(_ name: String, at range: SourceRange) throws {
    guard let anchor = anchors[name] else {
      let nearest = Spelling.nearest(to: name, among: anchors.keys.sorted())
      throw DescriptionError(DocumentProblem.unknownAlias(name, nearest: nearest), at: range)
    }
    guard let node = anchor.node else {
      throw DescriptionError(DocumentProblem.aliasInsideItself(name), at: range)
    }
    if let index = open.indices.last, open[index].isMapping, open[index].key == nil {
      guard let scalar = node.scalar else {
        throw DescriptionError(DocumentProblem.keyIsCollection(kind: node.kindName), at: range)
      }
      return try addKey(scalar, at: range, to: index)
    }
    try count(
      anchor.values, at: range, otherwise: .aliasesExpandTooFar(name, limit: limits.values))
    guard open.count + anchor.height <= limits.nesting else {
      throw DescriptionError(DocumentProblem.nestedTooDeep(limit: limits.nesting), at: range)
    }
    add(node, height: anchor.height, end: range.endCharacter)
  }

  // MARK: - Keeping track

  private mutating func remember(_ anchor: String, _ scalar: DocumentNode) {
    anchors[anchor] = Anchored(node: scalar, values: 1, height: 0)
  }

  private mutating func add(_ node: DocumentNode, height: Int, end: Int? = nil) {
    guard let index = open.indices.last else {
      root = node
      return
    }
    open[index].height = max(open[index].height, height)
    open[index].end = end ?? node.range.endCharacter
    if let key = open[index].key {
      open[index].end = max(open[index].end, key.range.endCharacter)
      let entry = DocumentNode.Entry(key: key.text, keyRange: key.range, value: node)
      if !key.isDuplicate {
        open[index].entries.append(entry)
      } else if lastCounts,
        let first = open[index].entries.firstIndex(where: { $0.key == key.text })
      {
        open[index].entries[first] = entry
      }
      open[index].key = nil
    } else {
      open[index].elements.append(node)
    }
  }

  private mutating func count(
    _ more: Int, at range: SourceRange, otherwise problem: DocumentProblem
  ) throws {
    // Neither number is above the limit, so that their sum is an Int.
    guard more <= limits.values - values else { throw DescriptionError(problem, at: range) }
    values += more
  }

  private func range(_ event: EventStream.Event) -> SourceRange {
    SourceRange(
      file: file, from: json?.original(event.start) ?? event.start,
      to: json?.original(event.end) ?? event.end)
  }
}

extension DocumentBuilder {
  /// libyaml's refusal, at the place that helps most, in words that say what to do.
  func syntaxError(_ failure: EventStream.Failure) -> DescriptionError {
    var place = json?.original(failure.position) ?? failure.position
    let context = json?.original(failure.contextPosition) ?? failure.contextPosition
    if json == nil, let tab = indentingTab(before: place) {
      return DescriptionError(DocumentProblem.tabIndentation, at: tab)
    }
    // For these, what was begun tells more than where libyaml gave up.
    let opening = ["could not find expected ':'", "found unexpected end of stream"]
    if opening.contains(failure.problem) { place = context }
    let isEscape = failure.problem == "found unknown escape character"
    let found = isEscape ? place + 1 : place
    let mistake = SyntaxMistake(
      problem: failure.problem, context: failure.context,
      startLine: file.position(ofCharacter: context).line,
      found: file.characters(from: found, to: found + 1).unicodeScalars.first,
      before: file.lineBefore(place).last { $0 != " " && $0 != "\t" })
    let range = SourceRange(file: file, from: place, to: found + 1)
    return DescriptionError(DocumentProblem.syntax(mistake), at: range)
  }

  /// A tab among the blanks that the line of a character starts with.
  private func indentingTab(before place: Int) -> SourceRange? {
    let number = file.position(ofCharacter: place).line
    let blanks = file.line(number)?.unicodeScalars.prefix { $0 == " " || $0 == "\t" }
    guard let blanks, let tab = blanks.firstIndex(of: "\t") else { return nil }
    let column = blanks.distance(from: blanks.startIndex, to: tab)
    let start = file.characterOffset(ofLine: number) + column
    return SourceRange(file: file, from: start, to: start + 1)
  }
}
