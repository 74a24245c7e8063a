public import ModelGraph
public import PeftBasics

/// Why a graph cannot be made ready to run.
public struct ProgramError: Diagnosis, Hashable {
  public enum Reason: Hashable, Sendable {
    case missingInputs([String], given: [String])
    case unknownOutput(String, known: [String])
    case shape(input: String, found: [Int], expected: Shape)
    case disagreement(symbol: String, input: String, size: Int, otherInput: String, otherSize: Int)
    case emptyInput(String, shape: [Int])
    case unknownSize(String)
    case operands(module: String, AnyDiagnosis)
    case rewriting(AnyDiagnosis)
    case noKernel(operation: String, module: String)
    case cannotRun(module: String, String)
    case tooLarge(module: String, shape: String)
  }

  public let reason: Reason

  init(_ reason: Reason) { self.reason = reason }

  public var words: (problem: String, fix: String?) {
    switch reason {
    case .missingInputs(let names, let given):
      (
        "the model needs \(names.joined(separator: " and ")), and found "
          + (given.isEmpty ? "no inputs" : given.joined(separator: ", ")),
        "add \(names.count == 1 ? "it" : "them") to the inputs"
      )
    case .unknownOutput(let name, let known):
      ("the model has no output '\(name)'", "choose from \(known.joined(separator: ", "))")
    case .shape(let input, let found, let expected):
      ("\(input) has the shape \(found)", "give it the shape \(expected)")
    case .disagreement(let symbol, let input, let size, let otherInput, let otherSize):
      (
        "\(symbol) is \(size) in \(input), but \(otherSize) in \(otherInput)",
        "give both inputs the same size"
      )
    case .emptyInput(let input, let shape):
      ("\(input) is empty: its shape is \(shape)", "give it at least one entry")
    case .unknownSize(let symbol):
      ("no input says how large '\(symbol)' is", "use the name in the shape of a needed input")
    case .operands(let module, let error):
      ("\(Self.place(module))\(error.problem)", "give inputs of sizes that this model takes")
    case .rewriting(let cause): (cause.summary, cause.fix)
    case .noKernel(let operation, let module):
      (
        "\(Self.place(module))the CPU core has no kernel for '\(operation)'",
        "describe the model with the operators of the schema"
      )
    case .cannotRun(let module, let reason):
      (
        "\(Self.place(module))\(reason)",
        "the model can be described and compared; run it with a program that knows this kind"
      )
    case .tooLarge(let module, let shape):
      ("\(Self.place(module))\(shape) does not fit any memory", "give smaller inputs")
    }
  }

  public var details: [String] {
    if case .rewriting(let cause) = reason { cause.details } else { [] }
  }

  private static func place(_ module: String) -> String { module.isEmpty ? "" : "\(module): " }
}
