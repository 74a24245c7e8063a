import ModelGraph
import PeftBasics

/// What can be wrong with a step of a description's graph.
enum StepProblem: Diagnosis, Equatable {
  case notAStep(found: String)
  case severalOperators([String])
  case unknownOperator(String, known: [String])
  case unknownAttribute(String, operation: String, known: [String])
  case missingAttribute(String, operation: String, summary: String)
  case attributesNeeded(operation: String, found: String)
  case wrongKind(expected: String, found: String)
  case unknownWord(String, known: [String])
  case belowMinimum(Int, minimum: Int)
  case aboveMaximum(Int, maximum: Int)
  case rateOutOfRange(Double)
  case sameWithStride([Int])
  case wrongNumberOfSizes(String, found: Int, axes: Int, operation: String)
  case noAxis(Int, of: Shape, operation: String)
  case unknownAxis(String, of: Shape, operation: String)
  case needsOther(String, other: String, operation: String)
  case unknownValue(String, known: [String])
  case nothingBefore(operation: String)
  case severalValues(operation: String, count: Int)
  case wrongNumberOfValues(operation: String, expected: Int, found: Int)
  case wrongNumberOfNames(names: Int, results: Int)
  case badName(String)
  case reservedName(String)
  case reservedArgument(String)
  case unknownParameter(String, known: [String])
  case sharedShape(name: String, found: [Int], needed: [Int])
  case unknownModule(String)
  case unknownStep(String, known: [String])
  case usesItself([String])
  case usedWithOtherShape(name: String, found: [Int], needed: [Int], isUse: Bool)
  case unreadInput(String)
  case unnamedRepeat(parameter: String)
  case needsKnownWidth(Shape)
  case tooManySteps(limit: Int)
  case tooManyValues(limit: Int)
  case blockCallsItself([String])
  case blocksTooDeep(limit: Int)
  case shapes(ShapeError)
  case overflow(SizeOverflow)
  case graph(GraphError)

  var words: (problem: String, fix: String?) { (message, remedy) }

  private var message: String {
    switch self {
    case .notAStep(let found): "a step is one operator with its attributes, not \(found)"
    case .severalOperators(let names):
      "a step has one operator, not \(names.count): \(names.joined(separator: ", "))"
    case .unknownOperator(let name, _): "no operator is called '\(name)'"
    case .unknownAttribute(let name, let operation, _):
      "\(operation) has no attribute '\(name)'"
    case .missingAttribute(let name, let operation, let summary):
      "\(operation) needs '\(name)': \(summary)"
    case .attributesNeeded(let operation, let found):
      "the attributes of \(operation) are a mapping, not \(found)"
    case .wrongKind(let expected, let found): "expected \(expected), found \(found)"
    case .unknownWord(let word, let known):
      "'\(word)' is not one of \(known.joined(separator: ", "))"
    case .belowMinimum(let value, let minimum): "\(value) is too small: at least \(minimum)"
    case .aboveMaximum(let value, let maximum): "\(value) is too large: at most \(maximum)"
    case .rateOutOfRange(let rate): "a rate of \(rate) is no probability below 1"
    case .sameWithStride(let stride):
      "padding 'same' makes a result as large as the input, which a stride of "
        + "\(Set(stride).count == 1 ? "\(stride[0])" : "\(stride)") does not"
    case .wrongNumberOfSizes(let attribute, let found, let axes, let operation):
      "'\(attribute)' has \(found) sizes, but \(operation) has \(axes) \(axes == 1 ? "axis" : "axes")"
    case .noAxis(let axis, let shape, let operation):
      "\(operation): there is no axis \(axis) in \(shape)"
    case .unknownAxis(let name, let shape, let operation):
      "\(operation): no axis of \(shape) is called '\(name)'"
    case .needsOther(let attribute, let other, let operation):
      "\(operation) takes '\(attribute)' only with a '\(other)'"
    case .unknownValue(let name, _): "no value is called '\(name)' here"
    case .nothingBefore(let operation): "\(operation) has nothing before it to read"
    case .severalValues(let operation, let count):
      "\(operation) reads one value, but the step before makes \(count)"
    case .wrongNumberOfValues(let operation, let expected, let found):
      "\(operation) reads \(expected) \(expected == 1 ? "value" : "values"), not \(found)"
    case .wrongNumberOfNames(let names, let results):
      "\(names) names for \(results) result\(results == 1 ? "" : "s")"
    case .badName(let name):
      "'\(name)' cannot be a module's name"
    case .reservedName(let name): "'\(name)' cannot be the name of a value"
    case .reservedArgument(let name):
      "an argument cannot be called '\(name)': every step has an attribute of that name"
    case .unknownParameter(let name, _): "no parameter is called '\(name)' up to here"
    case .sharedShape(let name, let found, let needed):
      "'\(name)' has shape \(found), but \(needed) is needed here"
    case .unknownModule(let path): "no step makes module '\(path)'"
    case .unknownStep(let name, _): "no step before this one is called '\(name)'"
    case .usesItself(let chain):
      chain.count == 1
        ? "'\(chain[0])' uses itself"
        : "'\(chain[0])' uses itself: \(chain.joined(separator: " → "))"
    case .usedWithOtherShape(let name, let found, let needed, let isUse):
      "'\(name)' has shape \(found), but \(needed) is needed "
        + (isUse ? "for what is read here" : "in another turn of this repeat")
    case .unreadInput(let name): "no step of '\(name)' reads what 'from' gives it"
    case .unnamedRepeat(let parameter):
      "a repeat without a name makes the parameter '\(parameter)' twice"
    case .needsKnownWidth(let shape): "the last axis of \(shape) must be a known size"
    case .tooManySteps(let limit): "the model takes more than \(limit) steps to build"
    case .tooManyValues(let limit): "the model has more than \(limit) values"
    case .blockCallsItself(let chain):
      "block '\(chain.last ?? "")' uses itself: \(chain.joined(separator: " → "))"
    case .blocksTooDeep(let limit): "blocks use each other more than \(limit) levels deep"
    case .shapes(let error): error.problem
    case .overflow(let error): error.problem
    case .graph(let error): error.problem
    }
  }

  private var remedy: String? {
    switch self {
    case .notAStep, .severalOperators: "write it as '- linear: {name: fc, out: 10}'"
    case .unknownOperator(let name, let known):
      Self.suggestion(name, known) ?? "the operators are \(known.joined(separator: ", "))"
    case .unknownAttribute(let name, _, let known):
      Self.suggestion(name, known) ?? "its attributes are \(known.joined(separator: ", "))"
    case .unknownWord(let word, let known), .unknownValue(let word, let known),
      .unknownParameter(let word, let known):
      Self.suggestion(word, known)
        ?? (known.isEmpty || known.count > 40
          ? nil : "known here: \(known.joined(separator: ", "))")
    case .missingAttribute(let name, _, _): "add '\(name): …'"
    case .attributesNeeded(let operation, _): "write '\(operation): {…}'"
    case .wrongKind(let expected, _): "write \(expected)"
    case .belowMinimum(_, let minimum): "choose \(minimum) or more"
    case .aboveMaximum(_, let maximum): "choose \(maximum) or less"
    case .sameWithStride: "write the padding as a number, such as 1, or choose a stride of 1"
    case .wrongNumberOfSizes(_, _, 1, _): "write one number"
    case .wrongNumberOfSizes(_, _, let axes, _): "write one number for all axes, or \(axes)"
    case .noAxis(_, let shape, _):
      shape.rank == 0
        ? "read a value that has axes"
        : "choose from 0 to \(shape.rank - 1), or from -\(shape.rank) to -1"
    case .unknownAxis(let name, let shape, _):
      Self.suggestion(name, shape.openNames) ?? "axes of known size have numbers, from 0 on"
    case .needsOther(let attribute, let other, _): "add '\(other): …', or leave out '\(attribute)'"
    case .rateOutOfRange: "choose a rate from 0 up to but not including 1"
    case .nothingBefore: "name what it reads: 'from: input_ids'"
    case .severalValues: "name the results with 'to: [q, k, v]' and choose one with 'from: q'"
    case .wrongNumberOfValues(_, 1, _): "name one of them: 'from: q'"
    case .wrongNumberOfValues: "name them in order: 'from: [q, k, v]'"
    case .wrongNumberOfNames(_, let results):
      "give \(results == 1 ? "one name" : "\(results) names")"
    case .badName: "use letters, digits, '_' and '-', with single dots between the parts"
    case .reservedName: "choose another name: 'previous' is always the step before"
    case .reservedArgument: "choose another name"
    case .sharedShape: "share only parameters of equal shape"
    case .unknownStep(let name, let known):
      Self.suggestion(name, known)
        ?? (known.isEmpty || known.count > 40
          ? "give a step or a block the name that is to be used again"
          : "known here: \(known.joined(separator: ", "))")
    case .usesItself: "use it behind its own steps, or write 'repeat' with 'shared: true'"
    case .usedWithOtherShape(_, _, _, true):
      "give it a value as wide as the one that it was made for, or describe a second module"
    case .usedWithOtherShape(_, _, _, false):
      "keep sizes the same in all turns, or leave out 'shared: true'"
    case .unreadInput:
      "let its first step read 'previous', or define it under 'blocks:' with 'inputs'"
    case .unnamedRepeat:
      "give the repeat a name, write 'shared: true' for one set of parameters, or put $index into names"
    case .unknownModule: "correct the path, or give its kind: '- {path: Dropout}'"
    case .needsKnownWidth: "only batch and sequence can be left open"
    case .tooManySteps, .tooManyValues: "choose smaller counts"
    case .blockCallsItself: "let blocks use only other blocks"
    case .blocksTooDeep: "write some of the steps out"
    case .shapes(let error): error.fix
    case .overflow(let error): error.fix
    case .graph(.duplicateParameter): "give each step its own name inside its scope"
    case .graph: "choose smaller sizes"
    }
  }

  private static func suggestion(_ word: String, _ known: [String]) -> String? {
    guard word.count > 1 else { return nil }
    return Spelling.nearest(to: word, among: known).map { "did you mean '\($0)'?" }
  }
}

extension Shape {
  /// The names of the axes that are open.
  fileprivate var openNames: [String] {
    dimensions.compactMap { if case .symbol(let name) = $0 { name } else { nil } }
  }
}
