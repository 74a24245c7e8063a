public import CPUCore
public import ModelDescription
public import PeftBasics
package import PeftCheckpoints
public import PeftTensors
public import TunerKit

/// A network with its weights, ready to run.
///
///     let model = try Model("path/to/checkpoint")
///     let logits = try model(["input_ids": Tensor([15496, 11, 995], shape: [1, 3])])["logits"]
///
/// Weights stay in the file, mapped into memory, in the type they have there. A model plans its
/// computation when the shapes of its inputs are others than the last time. It is for one task at a
/// time.
///
/// It computes on threads of its own, while the caller waits. A host program may have signal handlers
/// and timers of any kind; what it must leave is in the design article, under "Signals and threads".
public final class Model {
  public let graph: Graph
  /// The files that its weights are read from, whenever they are needed: leave them as they are.
  public let files: [String]
  /// What the user should know about the files.
  public let warnings: [String]
  package let parameters: [Parameter.ID: Tensor]
  package let threads: Int?
  /// What matrices are multiplied in.
  public let precision: Precision
  /// Calls with inputs of the same shapes that it is planned for.
  public let expectedRuns: Int
  private let rounded = RoundedParameters()
  private var planned: (request: Request, executor: Executor)?

  private struct Request: Equatable {
    let shapes: [String: [Int]]
    let outputs: [String]?
    let isTraining: Bool
  }

  /// - Parameters:
  ///   - parameters: Tensors for the parameters; those without are an error when they are needed.
  ///   - threads: Threads to use; as many as there are cores where nil. Results do not depend on it.
  ///   - files: The files in which parameters lie.
  ///   - precision: What matrices are multiplied in.
  ///   - expectedRuns: Calls with inputs of the same shapes to plan for; see `expecting(runs:)`.
  public init(
    _ graph: Graph, parameters: [Parameter.ID: Tensor], threads: Int? = nil, files: [String] = [],
    warnings: [String] = [], precision: Precision = .f32, expectedRuns: Int = 1
  ) {
    var parameters = parameters
    var elements: [Parameter.ID: ElementType] = [:]
    for (id, tensor) in parameters {
      if let element = ElementType(storing: tensor) {
        elements[id] = element
      } else {
        parameters[id] = Tensor(tensor.floats(), shape: tensor.shape)
        elements[id] = .float32
      }
    }
    self.graph = graph.storing(elements)
    self.parameters = parameters
    self.threads = threads
    self.files = files
    self.warnings = warnings
    self.precision = precision
    self.expectedRuns = max(1, expectedRuns)
  }

  /// Reads a model and its weights.
  /// - Parameters:
  ///   - model: A checkpoint's folder; or a bundled model's name or a description's path together
  ///     with `weights`.
  ///   - weights: A safetensors file or a folder with one or several; the model's own where nil.
  ///   - settings: Dimensions of the description to set anew, such as `["layers": "2"]`.
  ///   - families: What the folder's `model_type` can name.
  /// - Throws: `DescriptionError` where the model cannot be read; errors of `Checkpoint` where its
  ///   files are broken or do not fit.
  public convenience init(
    _ model: String, weights: String? = nil, setting settings: KeyValuePairs<String, String> = [:],
    families: ModelFamilies = .standard, threads: Int? = nil
  ) throws {
    let description = try ModelDescription(
      model, setting: settings.map { ($0.key, $0.value) }, families: families)
    try self.init(description, weights: weights, threads: threads)
  }

  /// Reads the weights of a described model.
  /// - Parameter adapters: Adapters that the model is for. What they save in full, such as a new head,
  ///   the weights may lack.
  /// - Throws: `MissingWeights` where there is no checkpoint and no path; `AdapterFolderError` where an
  ///   adapter is for another model.
  public convenience init(
    _ description: ModelDescription, weights path: String? = nil,
    for adapters: [AdapterFolder] = [], threads: Int? = nil
  ) throws {
    let checkpoint = try Checkpoint(path: description.weightsPath(path))
    let description = try description.fitted(to: checkpoint)
    let graph = try description.graph()
    let optional = try adapters.replacedParameters(of: graph)
    try self.init(description, graph, checkpoint, optional: optional, threads: threads)
  }

  /// - Parameters:
  ///   - graph: The description's.
  ///   - optional: Parameters that the weights may lack; the model has no values for them then.
  package convenience init(
    _ description: ModelDescription, _ graph: Graph, _ checkpoint: Checkpoint,
    optional: Set<Parameter.ID>, threads: Int? = nil
  ) throws {
    let dispensable = graph.parametersRead(onlyBy: description.optionalOutputs)
    let found = try checkpoint.tensors(
      of: description, graph, optional: optional, dispensable: dispensable)
    var warnings = description.warnings.map(\.description)
    if !found.unexpected.isEmpty {
      warnings.append(
        "the checkpoint has tensors that this model does not: \(found.unexpected.shownFirst)")
    }
    if !found.unused.isEmpty {
      let sizes = found.unused.map { "\($0.name) \($0.found), not \($0.expected)" }
      warnings.append("the checkpoint has other sizes, which are not used: \(sizes.shownFirst)")
    }
    let lacking = dispensable.filter { found[$0] == nil && !optional.contains($0) }
    let (whole, parameters) = try graph.fitted(to: found, &warnings)
    self.init(
      whole.leavingOut(outputsOf: lacking, &warnings), parameters: parameters, threads: threads,
      files: checkpoint.filePaths, warnings: warnings)
  }

  /// The parameters that have no values.
  var lackingParameters: Set<Parameter.ID> {
    Set(graph.parameters.compactMap { graph.parameter(named: $0.name) })
      .subtracting(parameters.keys)
  }

  /// The values of a parameter, as they are stored; nil where there are none.
  public func tensor(of parameter: Parameter.ID) -> Tensor? { parameters[parameter] }

  /// Computes the outputs, as 32-bit floats.
  /// - Parameters:
  ///   - inputs: Tensors by the names of the description. Others than the model's are ignored.
  ///   - outputs: The names of those that are wanted; what only others need is not computed. All
  ///     where nil.
  ///   - dropoutSeed: Where given, dropout is active as in training, with this random seed.
  /// - Throws: `ProgramError` where an input is missing or does not fit; `RunError` where its
  ///   values do not, such as a token beyond the vocabulary.
  public func callAsFunction(
    _ inputs: [String: Tensor], outputs: [String]? = nil, dropoutSeed: UInt64? = nil
  ) throws -> [String: Tensor] {
    let shapes = inputs.mapValues(\.shape)
    let request = Request(shapes: shapes, outputs: outputs, isTraining: dropoutSeed != nil)
    let seed = dropoutSeed ?? 0
    if let planned, planned.request == request {
      return try planned.executor.run(inputs, seed: seed)
    }
    planned = nil
    let executor = try Executor(
      Program(
        graph, shapes: shapes, outputs: outputs, isTraining: dropoutSeed != nil,
        precision: precision, runs: expectedRuns),
      parameters: parameters, rounded: rounded, threads: threads)
    planned = (request, executor)
    return try executor.run(inputs, seed: seed)
  }
}

extension Model {
  /// The same weights, with matrices multiplied in another precision.
  public func computing(in precision: Precision) -> Model {
    precision == self.precision
      ? self : changed(warnings: precision.warnings, precision: precision)
  }

  /// The same weights, planned for several calls with inputs of the same shapes.
  ///
  /// Where that is cheaper for so many calls, adapters are added to their weights in the first one, and the
  /// sums are kept beside the weights, as many bytes as the weights in 32 bits, or in 16 in precision bf16. How
  /// many calls there are in the end changes nothing; another `runs` may change the last bits of what they
  /// return.
  public func expecting(runs: Int) -> Model { changed(expectedRuns: runs) }

  /// This model with another graph, other values, or other ways to run.
  /// - Parameters:
  ///   - files: Files in which parameters lie, besides its own.
  ///   - news: Warnings besides its own.
  package func changed(
    graph: Graph? = nil, parameters: [Parameter.ID: Tensor]? = nil, files newFiles: [String] = [],
    warnings news: [String] = [], precision: Precision? = nil, expectedRuns: Int? = nil
  ) -> Model {
    Model(
      graph ?? self.graph, parameters: parameters ?? self.parameters, threads: threads,
      files: files + newFiles, warnings: warnings + news, precision: precision ?? self.precision,
      expectedRuns: expectedRuns ?? self.expectedRuns)
  }
}

extension [String] {
  /// Names on one line of a warning.
  package var shownFirst: String { map(\.shown).listed(upTo: 5) }
}

extension ModelDescription {
  /// Where its weights are: at the path that is given, or in its own folder.
  package func weightsPath(_ given: String?) throws(MissingWeights) -> String {
    guard let path = given ?? checkpointFolder else { throw MissingWeights(model: name) }
    return path
  }
}

/// A description by itself, where weights are needed.
public struct MissingWeights: Diagnosis, Hashable {
  public let model: String

  public var words: (problem: String, fix: String?) {
    (
      "\(model) is a description, without weights",
      "name its weights, a safetensors file or a folder with one, or give a checkpoint's folder in its "
        + "place"
    )
  }
}
