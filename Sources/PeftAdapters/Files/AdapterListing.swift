import PeftCheckpoints
import PeftReports
import TunerKit

/// The tensors of an adapter's file by what they are for, told without the base model.
struct AdapterListing {
  struct Item {
    let name: String
    let info: TensorInfo
    /// Nil for what the configuration does not explain.
    let purpose: AdapterContents.Purpose?
  }

  /// A basis that all modules share, under all its names in the file: that for the model first.
  struct Basis {
    let name: String
    /// How often PEFT writes it.
    let copies: UpdateTensor.Copies
    var keys: [String] = []
  }

  private(set) var items: [Item] = []
  /// The updated modules, in the order of the file.
  private(set) var modules: [String] = []
  /// Modules with bases and nothing that is trained: those of the adapter that PEFT drew the bases for,
  /// where this one was added to the same model later.
  private(set) var modulesOfAnother: [String] = []
  /// The tuner's bases that a key gives, also those that the file lacks.
  private(set) var bases: [Basis]
  /// Whether names lack PEFT's wrapper in front, as where an adapter was put into a model directly.
  let isBare: Bool

  init(
    _ file: SafetensorsFile, _ configuration: any TunerConfiguration, _ tensors: TunerTensors
  ) {
    isBare = !file.names.contains { $0.hasPrefix(AdapterKey.wrapper) }
    bases = tensors.bases.map { Basis(name: $0.name, copies: $0.copiesInPEFT) }
    let options = configuration.options
    var (known, trained): (Set<String>, Set<String>) = ([], [])
    for name in file.names {
      guard let info = file.info(name) else { continue }
      let place = place(of: name, among: tensors)
      items.append(
        Item(
          name: name, info: info,
          purpose: place.map { $0.tensor.isTrained ? .trained : .basis }
            ?? purpose(ofOther: name, options)))
      guard let place else { continue }
      if let index = bases.firstIndex(where: { $0.name == place.tensor.name }) {
        bases[index].keys.insert(name, at: place.module == nil ? 0 : bases[index].keys.count)
      }
      guard let module = place.module else { continue }
      if known.insert(module).inserted { modules.append(module) }
      if place.tensor.isTrained { trained.insert(module) }
    }
    modulesOfAnother = modules.filter { !trained.contains($0) }
  }

  /// The bases that are in the file.
  var presentBases: [Basis] { bases.filter { !$0.keys.isEmpty } }

  /// The tensors that stay whatever becomes of the bases.
  var kept: [Item] {
    let keys = Set(bases.flatMap(\.keys))
    return items.filter { !keys.contains($0.name) }
  }

  /// How the file has its bases; nil where it is in no such way, as without those of the model.
  var projection: AdapterContents.Projection? {
    AdapterContents.Projection.allCases.first { choice in
      bases.allSatisfy { Set($0.keys) == Set(keys(of: $0, choice)) }
    }
  }

  /// The names of a basis where it is written so.
  func keys(of basis: Basis, _ projection: AdapterContents.Projection) -> [String] {
    let shared = AdapterKey.wrapper + basis.name
    let own = modules.map { key("\($0).\(basis.name)") }
    switch projection {
    case .none: return []
    case .shared: return [shared]
    // Without the wrapper there is no name for the model's own.
    case .perModule where isBare: return own
    case .perModule: return basis.copies == .one ? [shared] : [shared] + own
    }
  }

  private func key(_ name: String) -> String { isBare ? name : AdapterKey.base(name) }

  /// A name without what all names begin with; nil where it is the model's, not a module's.
  private func inner(_ name: String) -> Substring? {
    let prefix = key("")
    return name.hasPrefix(prefix) ? name.dropFirst(prefix.count) : nil
  }

  private func place(
    of name: String, among tensors: TunerTensors
  ) -> (tensor: UpdateTensor, module: String?)? {
    guard let inner = inner(name) else {
      guard name.hasPrefix(AdapterKey.wrapper) else { return nil }
      let tensor = tensors.byName[String(name.dropFirst(AdapterKey.wrapper.count))]
      return tensor.flatMap { $0.site == nil ? ($0, nil) : nil }
    }
    // The longest name that fits: one may end as another does.
    let fitting = tensors.byName.keys.filter { inner.hasSuffix(".\($0)") }
    guard let name = fitting.max(by: { $0.utf8.count < $1.utf8.count }),
      let tensor = tensors.byName[name]
    else { return nil }
    let module = String(inner.dropLast(name.count + 1))
    return module.isEmpty ? nil : (tensor, module)
  }

  /// What a tensor is for that is not the tuner's.
  private func purpose(
    ofOther name: String, _ options: AdapterOptions
  ) -> AdapterContents.Purpose? {
    guard let inner = inner(name) else { return nil }
    // PEFT writes the base's weight of an adapted embedding along.
    if AdapterReading.isRepeated(name) || inner.hasSuffix(".base_layer.weight") { return .repeated }
    // PEFT saves modules whose paths end with an entry's text.
    let dots = inner.indices.filter { inner[$0] == "." }
    let isSaved = dots.contains { dot in
      options.targets.modulesToSave.contains { inner[..<dot].hasSuffix($0) }
    }
    if isSaved { return .savedModule }
    let isBias = inner.hasSuffix(".bias") || inner == "bias"
    return isBias && options.bias != .none ? .bias : nil
  }
}
