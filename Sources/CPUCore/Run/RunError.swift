import ModelGraph
public import PeftBasics

/// Why a run stopped: something in the inputs that only their values show.
public struct RunError: Diagnosis, Hashable {
  public enum Reason: Hashable, Sendable {
    case indexOutOfRange(module: String, index: Int, count: Int)
    case labelOutOfRange(Int, classes: Int)
    case missingInput(String)
    case unplannedInput(String)
    case wrongShape(input: String, found: [Int], planned: [Int])
    case wrongType(input: String, found: String, expected: String)
    case missingParameter(String)
    case parameterShape(String, found: [Int], expected: [Int])
    case noMemory(bytes: Int)
    case noThread
  }

  public let reason: Reason

  init(_ reason: Reason) { self.reason = reason }

  public var words: (problem: String, fix: String?) {
    switch reason {
    case .indexOutOfRange(let module, let index, let count):
      (
        "\(module): there is no row \(index) in its table of \(count)",
        index < 0
          ? "give indices from 0 to \(count - 1)"
          : "give indices below \(count): tokens of this model's vocabulary, "
            + "and no longer sequence than it has positions"
      )
    case .labelOutOfRange(let label, let classes):
      (
        "the label \(label) is none of the model's \(classes) classes",
        "give labels from 0 to \(classes - 1), or \(CrossEntropy.ignoredLabel) for what does not count"
      )
    case .missingInput(let name): ("the input \(name) is missing", "give it")
    case .unplannedInput(let name):
      ("\(name) is given, but the program was planned without it", "plan with its shape, too")
    case .wrongShape(let input, let found, let planned):
      ("\(input) has the shape \(found)", "give it the planned shape \(planned)")
    case .wrongType(let input, let found, let expected):
      ("\(input) is made of \(found)", "give \(expected)")
    case .missingParameter(let name):
      ("\(name) has no weights", "load a checkpoint that has it")
    case .parameterShape(let name, let found, let expected):
      ("\(name) has the shape \(found)", "load a checkpoint where it is \(expected)")
    case .noMemory(let bytes):
      ("there is no memory of \(bytes) bytes", "give smaller inputs, or lower ranks and widths")
    case .noThread: (WorkerThread.refusal.problem, WorkerThread.refusal.fix)
    }
  }
}
