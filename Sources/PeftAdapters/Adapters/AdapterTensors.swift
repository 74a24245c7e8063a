import PeftBasics
import PeftCheckpoints
import PeftTensors
import TunerKit

/// The tensors of an adapter's file by PEFT's names, whatever trainers and wrappers have put into them.
///
/// Left out are the classes that a model was wrapped in while it was trained (DDP's `module.`, torch.compile's
/// `_orig_mod.`, those of FSDP and of activation checkpointing), and the adapter's name, which a model's own
/// state has in its keys: `lora_A.default.weight`. Modules that transformers has renamed get today's names.
struct AdapterTensors {
  /// PEFT's names, in the order of the file.
  let names: [String]
  /// What was changed about the names, a line for each way.
  let notes: [String]
  private let file: SafetensorsFile
  /// The file's names, by PEFT's where these are others.
  private let stored: [String: String]

  /// - Parameters:
  ///   - tensors: Those that the tuner has, in any module.
  ///   - graph: The base model; nil where it is not known, and then its modules' names stay as they are.
  init(_ file: SafetensorsFile, of tensors: [UpdateTensor], on graph: Graph?) {
    self.file = file
    let known = Set(file.names)
    var (names, stored): ([String], [String: String]) = ([], [:])
    var reading = AdapterKeyReading(file.names, tensors, graph)
    for name in file.names {
      let key = reading.key(name)
      // Two tensors of one name: the second keeps its own, and is not expected.
      guard key != name, stored[key] == nil, !known.contains(key) else {
        names.append(name)
        continue
      }
      names.append(key)
      stored[key] = name
    }
    self.names = names
    self.stored = stored
    notes = reading.notes
  }

  var metadata: [String: String] { file.metadata }

  func info(_ name: String) -> TensorInfo? { file.info(nameInFile(name)) }

  func tensor(_ name: String) -> Tensor? { file.tensor(nameInFile(name)) }

  /// The paths that a name begins with, the longest first.
  static func modulePaths(of name: String) -> [String] {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return (1..<max(2, parts.count)).reversed().map { parts.prefix($0).joined(separator: ".") }
  }

  private func nameInFile(_ name: String) -> String { stored[name] ?? name }
}

/// Makes PEFT's names of those in a file, and notes what it changes.
private struct AdapterKeyReading {
  /// Classes around modules, as parts of names.
  private static let wrappers: Set<Substring> = [
    "_orig_mod", "_checkpoint_wrapped_module", "_fsdp_wrapped_module",
  ]

  private let tensors: [TensorName]
  private let graph: Graph?
  /// What stands before `base_model` in every name.
  private let front: Int
  /// Whether all modules are in one called `module`, which the model does not have.
  private let hasModuleInside: Bool
  private let adapterName: String?
  private var left: [String] = []
  private var renamed: String?

  init(_ names: [String], _ tensors: [UpdateTensor], _ graph: Graph?) {
    let tensors = TensorName.all(of: tensors)
    self.tensors = tensors
    self.graph = graph
    let parts = names.map { Self.withoutWrappers($0) }
    let fronts = Set(parts.map { $0.firstIndex(of: "base_model") ?? 0 })
    front = fronts.count == 1 ? fronts.first ?? 0 : 0
    let lacksModule = graph.map { !$0.modules.contains("module") } ?? false
    let inner = parts.map { Self.inner($0.dropFirst(fronts.count == 1 ? fronts.first ?? 0 : 0)) }
    hasModuleInside =
      lacksModule && !inner.isEmpty && inner.allSatisfy { $0?.first ?? "module" == "module" }
      && inner.contains { $0 != nil }
    let found = Set(
      parts.compactMap { parts in
        TensorName.adapterName(in: parts.joined(separator: "."), tensors)
      })
    // PEFT itself looks for its own first name alone.
    adapterName =
      found.count == 1
      ? found.first : found.contains(Adapter.defaultName) ? Adapter.defaultName : nil
  }

  private static func withoutWrappers(_ name: String) -> [Substring] {
    name.split(separator: ".", omittingEmptySubsequences: false).filter { !wrappers.contains($0) }
  }

  /// The parts behind PEFT's wrapper; all of them where it is not there, nil for what is the model's own.
  private static func inner(_ parts: ArraySlice<Substring>) -> ArraySlice<Substring>? {
    guard parts.first == "base_model" else { return parts }
    let rest = parts.dropFirst()
    return rest.first == "model" && rest.count > 1 ? rest.dropFirst() : nil
  }

  /// PEFT's name for a tensor.
  mutating func key(_ name: String) -> String {
    let all = name.split(separator: ".", omittingEmptySubsequences: false)
    for part in all where Self.wrappers.contains(part) { note(left: String(part)) }
    var parts = Self.withoutWrappers(name)[...]
    if front > 0 {
      note(left: parts.prefix(front).joined(separator: "."))
      parts = parts.dropFirst(front)
    }
    if hasModuleInside, let inner = Self.inner(parts) {
      note(left: "module")
      parts = parts.dropLast(inner.count) + inner.dropFirst()
    }
    let cleaned = withoutAdapterName(parts.joined(separator: "."))
    return withCurrentNames(cleaned)
  }

  private mutating func note(left text: String) {
    if !left.contains(text) { left.append(text) }
  }

  private func withoutAdapterName(_ key: String) -> String {
    for tensor in tensors {
      if let plain = tensor.plain(key, adapterName: adapterName) { return plain }
    }
    guard let adapterName else { return key }
    return key.replacing(".modules_to_save.\(adapterName).", with: ".", maxReplacements: 1)
  }

  /// The key with the name that its module has in the model.
  private mutating func withCurrentNames(_ key: String) -> String {
    guard let former = graph?.origin.formerModules, !former.isEmpty else { return key }
    let prefix = key.hasPrefix(AdapterKey.base("")) ? AdapterKey.base("") : ""
    let inner = String(key.dropFirst(prefix.count))
    guard let path = AdapterTensors.modulePaths(of: inner).first(where: { former[$0] != nil }),
      let current = former[path]
    else { return key }
    renamed = renamed ?? "\(path.shown), which is \(current.shown) today"
    return prefix + current + inner.dropFirst(path.count)
  }

  var notes: [String] {
    var notes: [String] = []
    if !left.isEmpty {
      let parts = left.map { "'\($0.shown)'" }.joined(separator: " and ")
      notes.append("the names in the adapter's file are read without \(parts)")
    }
    if let adapterName {
      notes.append(
        "the names in the adapter's file are read without the adapter's, '\(adapterName.shown)'")
    }
    if let renamed {
      notes.append("the adapter names modules as earlier releases of transformers do: \(renamed)")
    }
    return notes
  }
}

/// A tensor's name in a module, as PEFT writes it and as other programs do.
private struct TensorName {
  let name: String
  private let endings: [String]
  /// What stands before and behind an adapter's name.
  private let around: [(head: String, tail: String)]

  init(_ tensor: UpdateTensor) {
    name = tensor.name
    let all = [tensor.name] + tensor.otherNames
    endings = all
    around = all.map { text in
      let parts = text.split(separator: ".", maxSplits: 1)
      return (".\(parts.first ?? "").", parts.count > 1 ? ".\(parts[1])" : "")
    }
  }

  /// Longer names first, as one may end as another does.
  static func all(of tensors: [UpdateTensor]) -> [TensorName] {
    var seen: Set<String> = []
    return tensors.filter { seen.insert($0.name).inserted }.map(TensorName.init)
      .sorted { $0.name.utf8.count > $1.name.utf8.count }
  }

  /// The name of an adapter in a key of one of the tensors.
  static func adapterName(in key: String, _ tensors: [TensorName]) -> String? {
    guard !tensors.contains(where: { $0.isPlain(key) }) else { return nil }
    return tensors.lazy.compactMap { $0.adapterName(in: key)?.name }.first
  }

  private func isPlain(_ key: String) -> Bool { endings.contains { key.hasSuffix(".\($0)") } }

  private func adapterName(in key: String) -> (name: String, before: Substring)? {
    for (head, tail) in around where key.hasSuffix(tail) {
      let front = key.dropLast(tail.count)
      guard let dot = front.lastIndex(of: "."), front[...dot].hasSuffix(head) else { continue }
      let found = front[front.index(after: dot)...]
      if !found.isEmpty, !["weight", "bias"].contains(found) {
        return (String(found), front[...dot].dropLast(head.count))
      }
    }
    return nil
  }

  /// The key as PEFT has it; nil where it is not this tensor's.
  func plain(_ key: String, adapterName: String?) -> String? {
    if let ending = endings.first(where: { key.hasSuffix(".\($0)") }) {
      return key.dropLast(ending.count) + name
    }
    guard let adapterName, let found = self.adapterName(in: key), found.name == adapterName else {
      return nil
    }
    return "\(found.before).\(name)"
  }
}
