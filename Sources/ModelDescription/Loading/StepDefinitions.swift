import ModelGraph
import PeftBasics

/// That steps are built on modules which are there already, and for whom.
struct Again {
  /// The path of what is taken again.
  let path: String
  /// The place that takes it again.
  let range: SourceRange
  /// Whether a `use` does, and no further turn of a repeat.
  let isUse: Bool

  /// A few words beside the underline of a mistake in what is taken again.
  var note: String { isUse ? "used again in line \(range.start.line)" : "in another turn" }
}

/// The steps of a graph that have a name, by their modules' paths.
struct StepDefinitions {
  struct Definition {
    let step: CompiledStep
    let scope: Scope
    var state: State
  }

  enum State { case beingBuilt, built, failed }

  private var definitions: [String: Definition] = [:]

  /// - Returns: Whether this is the first step of that path.
  mutating func start(_ step: CompiledStep, at path: String, in scope: Scope) -> Bool {
    guard definitions[path] == nil else { return false }
    definitions[path] = Definition(step: step, scope: scope, state: .beingBuilt)
    return true
  }

  mutating func finish(_ path: String, isBuilt: Bool) {
    definitions[path]?.state = isBuilt ? .built : .failed
  }

  /// The step of that name in the module of a path, or in one around it.
  func find(
    _ name: String, at range: SourceRange, from scope: String
  ) throws -> (path: String, Definition) {
    var scope = scope
    while true {
      let path = scope.isEmpty ? name : "\(scope).\(name)"
      if let found = definitions[path] {
        switch found.state {
        case .built: return (path, found)
        case .failed: throw AlreadyReported()
        case .beingBuilt: throw DescriptionError(StepProblem.usesItself([path]), at: range)
        }
      }
      guard !scope.isEmpty else { break }
      scope = Graph.split(scope).path
    }
    throw DescriptionError(
      StepProblem.unknownStep(name, known: definitions.keys.sorted()), at: range)
  }
}

extension CompiledStep {
  /// This step where another one takes it again: it reads and names values for the other.
  func taken(by use: CompiledStep) -> CompiledStep {
    var attributes = attributes
    attributes[CommonAttributes.from.name] = use.attributes[CommonAttributes.from.name]
    attributes[CommonAttributes.to.name] = nil
    attributes[CommonAttributes.when.name] = nil
    return CompiledStep(
      kind: kind, operation: operation, attributes: attributes, nested: nested,
      keyRange: use.keyRange)
  }
}
