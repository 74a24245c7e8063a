public import PeftBasics
public import PeftTensors

/// Weights that are not those of a model: all that is missing, and all that does not fit.
///
/// ```text
/// weights: these are not the weights of 'gpt2'
///   not in the files (2):
///     lm_head.bias [50257]
///     lm_head.weight [50257, 768]
///   of another shape (1):
///     wpe.weight: [2048, 768] in the files, [1024, 768] in the model
///   fix: …
/// ```
public struct ParameterMismatch: Diagnosis, Hashable {
  /// A parameter that the files lack under all of its names.
  public struct Missing: Hashable, Sendable {
    public let name: String
    public let shape: [Int]
  }

  /// A tensor whose sizes are not the parameter's.
  public struct Misshapen: Hashable, Sendable {
    public let name: String
    public let found: [Int]
    public let expected: [Int]
  }

  /// A parameter's tensor that is made of integers or truth values.
  public struct NotReal: Hashable, Sendable {
    public let name: String
    public let type: NumberType
  }

  public let path: String
  /// The graph's name.
  public let model: String
  public internal(set) var missing: [Missing] = []
  public internal(set) var misshapen: [Misshapen] = []
  public internal(set) var notReal: [NotReal] = []
  /// Tensors that no parameter reads. No mistake by themselves, but often what is missing goes by
  /// these names.
  public internal(set) var unexpected: [String] = []
  /// The modules of which all that is not in the files consists, where they look like a model's head.
  public internal(set) var missingHeads: [String] = []
  /// The shapes of the unexpected tensors.
  var unexpectedShapes: [String: [Int]] = [:]
  /// What is missing, and what may be.
  var absent: [Missing] = []

  init(path: String, model: String) {
    self.path = path
    self.model = model
  }

  var isEmpty: Bool { missing.isEmpty && misshapen.isEmpty && notReal.isEmpty }

  public var words: (problem: String, fix: String?) {
    ("these are not the weights of \(model.quoted)", remedy)
  }

  public var place: DiagnosisPlace? { .file(path) }

  public var details: [String] {
    var lines = Self.list("not in the files", missing) { "\($0.name.shown) \($0.shape.shapeText)" }
    lines += Self.list("of another shape", misshapen) {
      "\($0.name.shown): \($0.found.shapeText) in the files, \($0.expected.shapeText) in the model"
    }
    lines += Self.list("not of real numbers", notReal) { "\($0.name.shown): \($0.type)" }
    if !missing.isEmpty {
      lines += Self.list("in the files, and not in the model", unexpected) { $0.shown }
    }
    return lines
  }

  private static let mostShown = 20

  private static func list<Item>(
    _ title: String, _ items: [Item], _ text: (Item) -> String
  ) -> [String] {
    guard !items.isEmpty else { return [] }
    let rest = items.count - mostShown
    return ["  \(title) (\(items.count)):"] + items.prefix(mostShown).map { "    \(text($0))" }
      + (rest > 0 ? ["    … and \(rest) more"] : [])
  }

  /// Whether a change of names finds all that is absent, in the shapes that it has in the model.
  private func isRenamed(by difference: PrefixDifference) -> Bool {
    absent.allSatisfy { unexpectedShapes[difference.renamed($0.name)] == $0.shape }
  }

  private var remedy: String {
    let difference = PrefixDifference(missing: missing.map(\.name), unexpected: unexpected)
    if let difference, missingHeads.isEmpty || isRenamed(by: difference) { return difference.fix }
    if !missingHeads.isEmpty, notReal.isEmpty {
      let modules = missingHeads.map(\.shown).joined(separator: ", ")
      return "write modules_to_save: [\(modules)] in the tuner to train one initialised at random, "
        + "or give an adapter that has it"
    }
    if !notReal.isEmpty {
      return "these may be quantised weights: use those in F32, F16 or BF16"
    }
    if missing.isEmpty {
      return "describe the model with the sizes of these weights; their config.json has them"
    }
    return "use this model's weights, or say under 'checkpoint' in its description "
      + "what the files call them"
  }
}
