import ModelGraph
import PeftBasics

/// A step whose form has been checked: a known operator with known attributes, and all it needs.
struct CompiledStep: Sendable {
  enum Kind: Sendable {
    case step(any Step.Type)
    /// A piece that the description's `blocks` defines.
    case block(String)
  }

  let kind: Kind
  let operation: String
  let attributes: [String: DocumentNode]
  /// The steps inside attributes that hold steps.
  let nested: [String: [CompiledStep]]
  /// The operator's name.
  let keyRange: SourceRange

  /// What to underline when the values it reads are wrong.
  var fromRange: SourceRange { attributes[CommonAttributes.from.name]?.range ?? keyRange }
}

extension CompiledStep {
  /// The paths this step and those inside it can make, as written; `*` stands for any.
  fileprivate var writtenPaths: [String] {
    guard operation != UseStep.name else { return [] }
    let name = attributes[CommonAttributes.name.name]?.scalar?.text ?? ""
    guard !name.contains("$") else { return ["*"] }
    var inner = nested.values.flatMap { $0.flatMap(\.writtenPaths) }
    if case .block = kind { inner.append("*") }
    guard !name.isEmpty else { return inner }
    return [name] + inner.map { "\(name).\($0)" }
  }
}

/// The module paths that some steps can make.
private struct WrittenPaths {
  /// The paths and all that lead to them.
  private var paths: Set<Substring> = []
  /// What `*` follows: any path that begins so can be made.
  private var open: Set<Substring> = []

  init(_ steps: [CompiledStep]) {
    for path in steps.flatMap(\.writtenPaths) {
      for prefix in Self.prefixes(of: path) where prefix != "*" { paths.insert(prefix) }
      if path == "*" || path.hasSuffix(".*") { open.insert(path.dropLast(path == "*" ? 1 : 2)) }
    }
  }

  func canMake(_ name: String) -> Bool {
    paths.contains(name[...]) || open.contains("")
      || !open.isEmpty && Self.prefixes(of: name).contains(where: open.contains)
  }

  /// `a`, `a.b`, `a.b.c`
  private static func prefixes(of path: String) -> [Substring] {
    path.indices.filter { path[$0] == "." }.map { path[..<$0] } + [path[...]]
  }
}

/// Checks the form of a list of steps. All mistakes are collected.
struct StepCompiler {
  /// The names of the description's own blocks, with the attributes each takes.
  let blocks: [String: [String]]
  private(set) var errors: [DescriptionError] = []
  /// Whether a step takes another one again.
  private(set) var hasUses = false

  init(blocks: [String: [String]]) { self.blocks = blocks }

  mutating func compile(_ node: DocumentNode) -> [CompiledStep] {
    guard let elements = node.elements else {
      report(.wrongKind(expected: "a list of steps", found: node.kindName), at: node.range)
      return []
    }
    return elements.compactMap { errors.count < DescriptionErrors.most ? compile(step: $0) : nil }
  }

  private mutating func compile(step node: DocumentNode) -> CompiledStep? {
    if let name = node.string { return compile(operation: name, at: node.range, nil) }
    guard let entries = node.entries, let entry = entries.first else {
      report(.notAStep(found: node.kindName), at: node.range)
      return nil
    }
    guard entries.count == 1 else {
      report(.severalOperators(entries.map(\.key)), at: entries[1].keyRange)
      return nil
    }
    return compile(operation: entry.key, at: entry.keyRange, entry.value)
  }

  private mutating func compile(
    operation: String, at keyRange: SourceRange, _ value: DocumentNode?
  ) -> CompiledStep? {
    let declarations: [any AttributeDeclaration]
    let kind: CompiledStep.Kind
    let needsName: Bool
    if let type = StepCatalog.byName[operation] {
      (kind, declarations, needsName) = (.step(type), type.attributes, type.needsName)
    } else if blocks[operation] != nil {
      (kind, declarations, needsName) = (.block(operation), [], false)
    } else {
      let known = StepCatalog.all.map { $0.name } + blocks.keys.sorted()
      report(.unknownOperator(operation, known: known), at: keyRange)
      return nil
    }
    var entries = value?.entries ?? []
    if let value, value.scalar != nil, !value.isNull,
      let shorthand = StepCatalog.byName[operation]?.shorthand
    {
      entries = [DocumentNode.Entry(key: shorthand, keyRange: value.range, value: value)]
    } else if let value, value.entries == nil, !value.isNull {
      report(.attributesNeeded(operation: operation, found: value.kindName), at: value.range)
      return nil
    }
    let known = (declarations + CommonAttributes.all).map(\.name) + (blocks[operation] ?? [])
    var attributes: [String: DocumentNode] = [:]
    var nested: [String: [CompiledStep]] = [:]
    var misspelled: [String] = []
    let knownNames = Set(known)
    for entry in entries where errors.count < DescriptionErrors.most {
      guard knownNames.contains(entry.key) else {
        misspelled += Spelling.nearest(to: entry.key, among: known).map { [$0] } ?? []
        report(
          .unknownAttribute(entry.key, operation: operation, known: known), at: entry.keyRange)
        continue
      }
      attributes[entry.key] = entry.value
      if let declaration = declarations.first(where: { $0.name == entry.key }),
        case .steps = declaration.kind
      {
        let steps = compile(entry.value)
        nested[entry.key] = steps
        check(order: value?["modules"], of: steps)
      }
    }
    let required = declarations.filter(\.isRequired) + (needsName ? [CommonAttributes.name] : [])
    for declaration in required
    where attributes[declaration.name] == nil && !misspelled.contains(declaration.name) {
      report(
        .missingAttribute(
          declaration.name, operation: operation, summary: declaration.summary), at: keyRange)
    }
    hasUses = hasUses || operation == UseStep.name
    return CompiledStep(
      kind: kind, operation: operation, attributes: attributes, nested: nested,
      keyRange: keyRange)
  }

  // MARK: Order of modules

  /// Checks that every path of a `modules` list without a kind is one that the steps can make.
  mutating func check(order modules: DocumentNode?, of steps: [CompiledStep]) {
    guard let modules else { return }
    let made = WrittenPaths(steps)
    for element in modules.elements ?? [modules] where errors.count < DescriptionErrors.most {
      guard let name = element.scalar?.text else {
        let isPair = element.entries?.count == 1 && element.entries?[0].value.string != nil
        if !isPair {
          report(
            .wrongKind(expected: "a path, or {path: Kind}", found: element.kindName),
            at: element.range)
        }
        continue
      }
      if !made.canMake(name) { report(.unknownModule(name), at: element.range) }
    }
  }

  private mutating func report(_ problem: StepProblem, at range: SourceRange) {
    errors.append(DescriptionError(problem, at: range))
  }
}
