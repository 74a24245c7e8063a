import ModelGraph
import PeftBasics

/// What a step can see: dimensions, the counters and arguments around it, the enclosing module's
/// path, and named values.
struct Scope {
  let dimensions: DimensionValues
  let expressions: ExpressionStore
  /// `$index` of the enclosing repeat, and the arguments of the enclosing block.
  var locals: [String: DimensionValue] = [:]
  /// The path of the enclosing module; empty at the root.
  var path = ""
  /// The values that can be named here.
  private(set) var frame: Frame
  /// The description's blocks that are being built, outermost first.
  var blocks: [String] = []
  /// Set where modules are there already, and take part again.
  var again: Again?
  /// Set in the turns after the first of a repeat that gives them no modules of their own.
  var unnamedRepeat: SourceRange?
  /// The paths of the steps that are being taken again, outermost first.
  var uses: [String] = []

  /// The same place with other values.
  func replacingFrame(by frame: Frame) -> Scope {
    var scope = self
    scope.frame = frame
    return scope
  }

  /// The path of a step's module.
  func path(naming step: CompiledStep) throws -> String {
    guard let node = step.attributes[CommonAttributes.name.name] else { return path }
    let name = try text(node)
    guard !name.isEmpty else { return path }
    return try path(of: name, at: node.range)
  }

  /// A path inside the enclosing module, of bounded length.
  func path(of name: String, at range: SourceRange) throws -> String {
    guard Scope.isModulePath(name), path.utf8.count + name.utf8.count < 1000 else {
      throw DescriptionError(StepProblem.badName(name), at: range)
    }
    return path.isEmpty ? name : "\(path).\(name)"
  }

  static func isModulePath(_ name: String) -> Bool {
    name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty
        && $0.allSatisfy {
          switch $0 {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
          default: false
          }
        }
    }
  }
}

/// The values that steps have named, and those of the step before.
final class Frame {
  /// Nil before the first step; a failure where that step could not be built.
  var previous: Result<[Value.ID], AlreadyReported>?
  private var named: [String: Result<Value.ID, AlreadyReported>] = [:]

  /// Gives values names; nil stands for values that could not be built.
  func name(_ names: [String], _ values: [Value.ID]?) {
    for (index, name) in names.enumerated() {
      named[name] = values.map { .success($0[index]) } ?? .failure(AlreadyReported())
    }
  }

  func value(named name: String, at range: SourceRange, for operation: String) throws -> Value.ID {
    if name == "previous" {
      guard let previous else {
        throw DescriptionError(StepProblem.nothingBefore(operation: operation), at: range)
      }
      let values = try previous.get()
      guard values.count == 1 else {
        throw DescriptionError(
          StepProblem.severalValues(operation: operation, count: values.count), at: range)
      }
      return values[0]
    }
    guard let value = named[name] else {
      throw DescriptionError(
        StepProblem.unknownValue(name, known: named.keys.sorted() + ["previous"]), at: range)
    }
    return try value.get()
  }
}

/// Thrown where a step reads what an earlier step failed to make; that step's error tells it all.
struct AlreadyReported: Error {}
