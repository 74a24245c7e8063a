import Checkpoints
public import ModelGraph
import Tensors
public import TunerKit

/// An adapter as PEFT saves it: a folder with `adapter_config.json` and `adapter_model.safetensors`.
///
/// Tensors are named `base_model.model.`, the module's path and the tensor's own name. Shared bases
/// may be there once, once for every module, or not at all: then they are drawn from their key.
/// - SeeAlso: `peft/utils/save_and_load.py`, `set_peft_model_state_dict`.
public struct AdapterFolder {
  public let path: String
  public let configuration: any TunerConfiguration
  private let file: SafetensorsFile

  private static let configurationName = "adapter_config.json"
  private static let tensorsName = "adapter_model.safetensors"

  /// - Parameter path: The folder, or the configuration in it.
  /// - Throws: `DescriptionErrors` about the configuration; `SafetensorsError` about the tensors.
  public init(
    _ path: String, registry: TunerRegistry = .standard, allowsUnknown: Bool = false
  ) throws {
    var folder = path
    for name in [Self.configurationName, Self.tensorsName] where folder.hasSuffix(name) {
      folder.removeLast(name.count)
    }
    if folder.isEmpty { folder = "." }
    self.path = folder
    configuration = try ConfigurationFile(path: folder).configuration(
      from: registry, allowsUnknown: allowsUnknown)
    let start = folder.hasSuffix("/") ? folder : "\(folder)/"
    let tensors = start + Self.tensorsName
    guard FileWriter.isThere(tensors) else {
      let isPickled = FileWriter.isThere("\(start)adapter_model.bin")
      throw AdapterFolderError(.noTensors(isPickled: isPickled), path: folder)
    }
    file = try SafetensorsFile(path: tensors)
  }

  /// The model with this adapter in it.
  /// - Parameters:
  ///   - name: What to call it among the model's adapters.
  ///   - generation: Whose numbers bases have that the file lacks: it does not say.
  /// - Throws: `AdapterFolderError` listing tensors that are missing, not expected or misshapen;
  ///   `TargetError` where the adapter was made for other modules.
  public func applied(
    to model: Model, name: String = Adapter.defaultName, generation: TorchGeneration = .current
  ) throws -> Model {
    func apply(_ configuration: some TunerConfiguration) throws -> Model {
      let adapter = try Adapter(configuration, for: model.graph, name: name)
      let tensors = try tensors(of: adapter, on: model.graph)
      return try model.adapted(
        by: adapter, tensors: tensors, generation: generation, files: [file.path],
        warnings: Self.warnings(about: adapter, found: tensors, generation))
    }
    return try apply(configuration)
  }

  /// What the file leaves open: which torch drew the bases that it lacks. Ternary ones are the same in
  /// all.
  private static func warnings(
    about adapter: Adapter, found tensors: [String: Tensor], _ generation: TorchGeneration
  ) -> [String] {
    let drawn = adapter.sharedTensors.filter { tensor in
      guard case .basis(let basis) = tensor.initial, case .kaimingUniform = basis.distribution
      else { return false }
      return tensors[tensor.parameterName(adapter: adapter.name)] == nil
    }
    guard !drawn.isEmpty else { return [] }
    let (now, other) =
      switch generation {
      case .float: ("from 2.12 on", "up to 2.11")
      case .bfloat16: ("up to 2.11", "from 2.12 on")
      }
    return [
      "the adapter's file lacks \(drawn.map(\.name).sorted().joined(separator: " and ")): drawn "
        + "from the key as torch \(now) does, and wrong for an adapter made with torch \(other)"
    ]
  }

  /// The file's tensors by the names of the parameters that they fill in an adapted graph.
  private func tensors(of adapter: Adapter, on graph: Graph) throws -> [String: Tensor] {
    var reading = Reading(file: file)
    for tensor in adapter.sharedTensors {
      let copies = adapter.updates.filter { $0.tensors.contains(tensor) }
        .map { AdapterKey.tensor(tensor, at: $0.site) }
      reading.readShared(
        [AdapterKey.shared(tensor)] + copies, as: tensor.parameterName(adapter: adapter.name),
        tensor.shape, isNeeded: tensor.isTrained)
    }
    for update in adapter.updates {
      for tensor in update.ownTensors {
        reading.read(
          AdapterKey.tensor(tensor, at: update.site),
          as: tensor.parameterName(adapter: adapter.name), tensor.shape)
      }
    }
    let names = graph.modules.parameterNames()
    for module in adapter.match.saved.modules {
      for (name, parameter) in graph.modules.namedParameters(within: module.path) {
        if let other = names[parameter]?.first(where: { $0 != name }) {
          throw AdapterFolderError(.sharedSavedModule(module.path, with: other), path: path)
        }
        reading.read(AdapterKey.base(name), as: name, graph[parameter].shape)
      }
    }
    for bias in adapter.trainedBiases.map({ graph[$0] }) {
      reading.read(AdapterKey.bias(bias.name, in: adapter), as: bias.name, bias.shape)
    }
    try reading.finish(path: path)
    return reading.tensors
  }
}

/// One pass over an adapter's file: what was found, and what was wrong.
private struct Reading {
  let file: SafetensorsFile
  private(set) var tensors: [String: Tensor] = [:]
  private var seen: Set<String> = []
  private var missing: [String] = []
  private var misshapen: [String] = []
  private var differing: [String] = []

  init(file: SafetensorsFile) { self.file = file }

  mutating func read(_ name: String, as parameter: String, _ shape: [Int]) {
    guard let tensor = file.tensor(name) else {
      missing.append(name)
      return
    }
    seen.insert(name)
    if tensor.shape == shape {
      tensors[parameter] = tensor
    } else {
      misshapen.append("\(name) is \(tensor.shape), not \(shape)")
    }
  }

  /// Reads a tensor that may be there several times, or not at all where something gives it again.
  mutating func readShared(
    _ names: [String], as parameter: String, _ shape: [Int], isNeeded: Bool
  ) {
    let present = names.filter { file.info($0) != nil }
    guard let first = present.first else {
      if isNeeded { missing.append(names[0]) }
      return
    }
    read(first, as: parameter, shape)
    let original = file.tensor(first)
    for name in present.dropFirst() {
      seen.insert(name)
      guard let copy = file.tensor(name), let original, copy.isIdentical(to: original) else {
        differing.append("\(name) and \(first)")
        continue
      }
    }
  }

  /// - Throws: `AdapterFolderError` with everything that was wrong.
  func finish(path: String) throws(AdapterFolderError) {
    let unexpected = file.names.filter { !seen.contains($0) && !Self.isRepeated($0) }
    guard missing.isEmpty, misshapen.isEmpty, unexpected.isEmpty, differing.isEmpty else {
      throw AdapterFolderError(
        .tensors(
          missing: missing, unexpected: unexpected, misshapen: misshapen, differing: differing),
        path: path)
    }
  }

  /// What PEFT writes beside what is needed: biases of saved modules twice more, base weights of
  /// adapted embeddings.
  private static func isRepeated(_ name: String) -> Bool {
    name.hasSuffix(".original_module.bias") || name.hasSuffix(".modules_to_save.bias")
      || name.hasSuffix("embed_tokens.base_layer.weight")
      || name.hasSuffix("lm_head.base_layer.weight")
  }
}
