import TunerKit

/// What tensors are called in an adapter's file: `base_model.model.`, the module's path and the
/// tensor's own name. The adapter's name is not among it.
/// - SeeAlso: `peft/utils/save_and_load.py`, `get_peft_model_state_dict`.
enum AdapterKey {
  /// What all keys begin with.
  static let wrapper = "base_model."

  /// A parameter of the base model: one that is saved in full.
  static func base(_ name: String) -> String { "\(wrapper)model.\(name)" }

  /// A tensor with the module that uses it.
  static func tensor(_ tensor: UpdateTensor, at site: Site) -> String {
    base("\(site.path).\(tensor.name)")
  }

  /// A tensor that modules share, once for the whole model.
  static func shared(_ tensor: UpdateTensor) -> String { wrapper + tensor.name }

  /// All names of a copy: a parameter that a saved module has twice is written twice.
  static func keys(of copy: TrainedCopy, in adapter: Adapter) -> [String] {
    guard copy.module == nil else { return ([copy.name] + copy.otherNames).map(base) }
    return [bias(copy.name, in: adapter)]
  }

  /// What a parameter of the base model can be called: PEFT wraps a module that it adapts.
  static func namesOfBase(_ name: String) -> [String] {
    [base(name), base(wrapped(name))]
  }

  /// A parameter of an adapted module, within what PEFT wraps.
  static func wrapped(_ name: String) -> String {
    let own = name.split(separator: ".").last ?? ""
    return "\(name.dropLast(own.count))base_layer.\(own)"
  }

  /// The parameter of the base model that a key may be meant for; nil where it is the model's own.
  static func baseParameter(_ key: String) -> String? {
    let inner: Substring =
      key.hasPrefix(base("")) ? key.dropFirst(base("").count) : key[...]
    guard inner.startIndex != key.startIndex || !key.hasPrefix(wrapper) else { return nil }
    var parts = inner.split(separator: ".", omittingEmptySubsequences: false)
    if parts.dropLast().last == "base_layer" { parts.remove(at: parts.count - 2) }
    return parts.joined(separator: ".")
  }

  /// A trained bias; that of an adapted module is found in what PEFT wraps.
  private static func bias(_ name: String, in adapter: Adapter) -> String {
    let path = name.dropLast(".bias".count)
    let isAdapted = adapter.updates.contains { $0.site.path == path }
    return base(isAdapted ? "\(path).base_layer.bias" : name)
  }
}
