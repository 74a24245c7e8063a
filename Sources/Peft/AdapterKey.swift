import TunerKit

/// What tensors are called in an adapter's file: `base_model.model.`, the module's path and the
/// tensor's own name. The adapter's name is not among it.
/// - SeeAlso: `peft/utils/save_and_load.py`, `get_peft_model_state_dict`.
enum AdapterKey {
  /// A parameter of the base model: one that is saved in full.
  static func base(_ name: String) -> String { "base_model.model.\(name)" }

  /// A tensor with the module that uses it.
  static func tensor(_ tensor: UpdateTensor, at site: Site) -> String {
    base("\(site.path).\(tensor.name)")
  }

  /// A tensor that modules share, once for the whole model.
  static func shared(_ tensor: UpdateTensor) -> String { "base_model.\(tensor.name)" }

  /// A trained bias; that of an adapted module is found in what PEFT wraps.
  static func bias(_ name: String, in adapter: Adapter) -> String {
    let path = name.dropLast(".bias".count)
    let isAdapted = adapter.updates.contains { $0.site.path == path }
    return base(isAdapted ? "\(path).base_layer.bias" : name)
  }
}
