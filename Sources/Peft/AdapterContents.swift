public import Checkpoints
public import TunerKit

/// The tensors that an adapter's file holds, by PEFT's names.
///
/// Names are `base_model.model.`, the module's path and the tensor's own name; the adapter's name is
/// not in the file.
/// - SeeAlso: `peft/utils/save_and_load.py`, `get_peft_model_state_dict`.
public struct AdapterContents: Sendable {
  /// What is written of frozen bases. What training changes is always written.
  public enum Projection: String, Hashable, Sendable, CaseIterable {
    /// Nothing: the key gives them again.
    case none
    /// One copy for the whole model.
    case shared
    /// A copy for the model and one more for every module, as PEFT 0.21 writes them.
    case perModule = "per-module"
  }

  public private(set) var entries: [SafetensorsLayout.Entry] = []

  public init(_ adapter: Adapter, of graph: Graph, projection: Projection) {
    for tensor in adapter.sharedTensors where tensor.isTrained || projection != .none {
      add(AdapterKey.shared(tensor), tensor.shape)
    }
    for update in adapter.updates {
      for tensor in update.tensors where Self.isWritten(tensor, projection) {
        add(AdapterKey.tensor(tensor, at: update.site), tensor.shape)
      }
    }
    for module in adapter.match.saved.modules {
      for (name, parameter) in graph.modules.namedParameters(within: module.path) {
        add(AdapterKey.base(name), graph[parameter].shape)
      }
    }
    for bias in adapter.trainedBiases.map({ graph[$0] }) {
      add(AdapterKey.bias(bias.name, in: adapter), bias.shape)
    }
  }

  /// What PEFT 0.21.2 writes: beside what is needed, base weights of adapted embeddings, and with
  /// `bias: all` the biases of saved modules twice more.
  public init(asWrittenByPEFT adapter: Adapter, of graph: Graph) {
    let savesBases =
      adapter.configuration.values["save_projection"].map { $0 == .bool(true) } ?? true
    self.init(adapter, of: graph, projection: savesBases ? .perModule : .none)
    let options = adapter.configuration.options
    if case .names(let names)? = options.targets.targetModules,
      names.contains("embed_tokens") || names.contains("lm_head")
    {
      for path in adapter.updates.map(\.site.path)
      where path.hasSuffix("embed_tokens") || path.hasSuffix("lm_head") {
        guard let weight = graph.modules.ownParameters(of: path)["weight"] else { continue }
        add(AdapterKey.base("\(path).base_layer.weight"), graph[weight].shape)
      }
    }
    if options.bias == .all {
      for module in adapter.match.saved.modules {
        guard let bias = graph.modules.ownParameters(of: module.path)["bias"] else { continue }
        for copy in ["original_module", "modules_to_save"] {
          add(AdapterKey.base("\(module.path).\(copy).bias"), graph[bias].shape)
        }
      }
    }
  }

  /// Whether a tensor is written with the module that uses it.
  private static func isWritten(_ tensor: UpdateTensor, _ projection: Projection) -> Bool {
    switch (tensor.site, tensor.isTrained) {
    case (_?, true): true
    case (_?, false): projection != .none
    case (nil, true): false
    case (nil, false): projection == .perModule
    }
  }

  private mutating func add(_ name: String, _ shape: [Int]) {
    entries.append(SafetensorsLayout.Entry(name: name, shape: shape))
  }

  /// The length of the file, in bytes.
  /// - Throws: `SizeOverflow` where it cannot be counted.
  public func fileBytes() throws(SizeOverflow) -> Int { try SafetensorsLayout(entries).fileBytes }
}
