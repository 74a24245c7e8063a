public import PeftBasics
public import PeftCheckpoints
import PeftReports
public import TunerKit

/// The tensors that an adapter's file holds, by PEFT's names.
///
/// Names are `base_model.model.`, the module's path and the tensor's own name; the adapter's name is
/// not in the file.
/// - SeeAlso: `peft/utils/save_and_load.py`, `get_peft_model_state_dict`.
public struct AdapterContents: Sendable {
  /// What is written of frozen bases. What training changes is always written.
  public enum Projection: String, Hashable, Sendable, CaseIterable {
    /// Nothing that follows from a key or from the base model.
    case none
    /// One copy for the whole model.
    case shared
    /// As often as PEFT 0.21 writes them: for some tuners once for the model and once more for every
    /// module.
    case perModule = "per-module"
  }

  /// Why a tensor is in a file.
  public enum Purpose: String, Hashable, Sendable, CaseIterable {
    /// What the tuner trains.
    case trained
    /// What the tuner draws and does not train.
    case basis
    /// A module that is saved in full.
    case savedModule = "saved module"
    case bias
    /// What PEFT writes but nothing reads.
    case repeated
  }

  /// One tensor of the file.
  public struct Item: Hashable, Sendable {
    public let entry: SafetensorsLayout.Entry
    public let purpose: Purpose
    /// The parameter in an adapted graph that it fills; nil for what is written without need.
    let parameter: String?
  }

  public private(set) var items: [Item] = []
  public var entries: [SafetensorsLayout.Entry] { items.map(\.entry) }

  public init(_ adapter: Adapter, of graph: Graph, projection: Projection) {
    for tensor in adapter.sharedTensors where !tensor.isReproducible || projection != .none {
      add(AdapterKey.shared(tensor), tensor, of: adapter)
    }
    for update in adapter.updates {
      for tensor in update.tensors where Self.isWritten(tensor, projection) {
        add(AdapterKey.tensor(tensor, at: update.site), tensor, of: adapter)
      }
    }
    for copy in adapter.copies {
      for key in AdapterKey.keys(of: copy, in: adapter) {
        add(
          key, copy.shape, copy.module == nil ? .bias : .savedModule,
          fills: copy.parameterName(adapter: adapter.name))
      }
    }
  }

  /// What PEFT 0.21.2 writes: beside what is needed, base weights of adapted embeddings, and with
  /// `bias: all` the biases of saved modules twice more.
  public init(asWrittenByPEFT adapter: Adapter, of graph: Graph) {
    let savesBases = adapter.configuration.savesBases ?? true
    self.init(adapter, of: graph, projection: savesBases ? .perModule : .none)
    let options = adapter.configuration.options
    if case .names(let names)? = options.targets.targetModules,
      names.contains("embed_tokens") || names.contains("lm_head")
    {
      for path in adapter.updates.map(\.site.path)
      where path.hasSuffix("embed_tokens") || path.hasSuffix("lm_head") {
        guard let weight = graph.modules.ownParameters(of: path)["weight"] else { continue }
        add(AdapterKey.base("\(path).base_layer.weight"), graph[weight].shape, .repeated)
      }
    }
    guard options.bias == .all else { return }
    for module in adapter.match.saved.modules.map(\.path) {
      for (name, id) in graph.modules.namedParameters(within: module) {
        let own = name.dropFirst(module.isEmpty ? 0 : module.utf8.count + 1)
        guard own == "bias" || own.hasSuffix(".bias") else { continue }
        // PEFT takes the adapter's name out only where it is last.
        let copies = own == "bias" ? "modules_to_save" : "modules_to_save.\(adapter.name)"
        for copy in ["original_module", copies] {
          add(AdapterKey.base("\(module).\(copy).\(own)"), graph[id].shape, .repeated)
        }
      }
    }
  }

  /// Whether a tensor is written with the module that uses it.
  private static func isWritten(_ tensor: UpdateTensor, _ projection: Projection) -> Bool {
    switch tensor.site {
    case _?: !tensor.isReproducible || projection != .none && !tensor.isDerived
    case nil:
      !tensor.isTrained && tensor.copiesInPEFT == .onePerModule && projection == .perModule
    }
  }

  private mutating func add(_ name: String, _ tensor: UpdateTensor, of adapter: Adapter) {
    add(
      name, tensor.shape, tensor.isTrained ? .trained : .basis,
      fills: tensor.parameterName(adapter: adapter.name))
  }

  private mutating func add(
    _ name: String, _ shape: [Int], _ purpose: Purpose, fills parameter: String? = nil
  ) {
    items.append(
      Item(
        entry: SafetensorsLayout.Entry(name: name, shape: shape), purpose: purpose,
        parameter: parameter))
  }

  /// The length of the file, in bytes.
  /// - Throws: `SizeOverflow` where it cannot be counted.
  public func fileBytes() throws(SizeOverflow) -> Int { try SafetensorsLayout(entries).fileBytes }
}
