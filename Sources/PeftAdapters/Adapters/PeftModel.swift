public import ModelGraph
public import OrderedCollections
import PeftReports
public import PeftTensors
public import TunerKit

/// A model with adapters, ready to run: a function of the base and of the adapters that are active.
///
///     var model = try PeftModel(Model("checkpoint"), tuner: LoraConfig(r: 8), name: "poems")
///     try model.loadAdapter("adapters/recipes", as: "recipes")
///     try model.setAdapter("recipes")
///     let outputs = try model(["input_ids": ids])
///
/// Every adapter adds to the base's own weights, so that their order does not matter; in PEFT a DoRA
/// scales what the adapters before it have added.
///
/// Nothing in the base is ever changed. Disabling, unmerging or deleting an adapter means using the base
/// again, to the bit; also where biases are trained or weights are stored in 16 bits. It is a value:
/// a copy goes its own way. Like a `Model` it is for one task at a time.
public struct PeftModel {
  /// The model without adapters.
  public let base: Model
  /// All adapters, in the order in which they were added.
  public private(set) var adapters: OrderedDictionary<String, AdapterWeights> = [:]
  /// The adapters that are in use, in the order in which they add up.
  public private(set) var activeAdapters: [String] = []
  /// The adapters that are summed into the weights.
  public private(set) var mergedAdapters: [String] = []
  /// Whether adapters are in use at all.
  public private(set) var isEnabled = true
  private var merged: Model?
  private var derived = DerivedModels()

  /// A model without adapters yet.
  public init(_ base: Model) { self.base = base }

  /// A model with one fresh adapter, which is active.
  /// - Parameter seed: The seed of fresh values; with torch's they are those of PEFT.
  public init(
    _ base: Model, tuner: some TunerConfiguration, name: String = Adapter.defaultName,
    seed: Int = 0
  ) throws {
    self.init(base)
    try addAdapter(tuner, name: name, seed: seed)
  }
}

// MARK: - Adding and removing adapters

extension PeftModel {
  /// Adds a fresh adapter. The first one becomes active, others wait for `setAdapter`.
  ///
  /// - Parameters:
  ///   - seed: The seed of fresh values; with torch's they are those of PEFT.
  ///   - generation: Which torch's bases are drawn.
  ///   - isStrict: Whether an entry of the target list that hits nothing is an error.
  /// - Throws: `PeftModelError` where the name is taken, or the adapter's bases come from another key than
  ///   those of the others; what making the adapter throws.
  public mutating func addAdapter(
    _ tuner: some TunerConfiguration, name: String = Adapter.defaultName, seed: Int = 0,
    generation: TorchGeneration = .current, isStrict: Bool = false
  ) throws {
    let adapter = try Adapter(tuner, for: base.graph, name: name, isStrict: isStrict)
    try add(AdapterWeights(adapter, on: base, seed: seed, generation: generation))
  }

  /// Adds an adapter that has its weights.
  /// - Throws: As for a fresh one.
  public mutating func add(_ weights: AdapterWeights) throws {
    let name = weights.name
    guard adapters[name] == nil, name != Self.baseName else {
      throw PeftModelError.nameTaken(name)
    }
    for other in adapters.values { try weights.checkKeys(agreeWith: other) }
    // Whether it fits is found out now, not when it is first used.
    _ = try base.graph.adapted(by: weights.adapter, inTraining: false)
    adapters[name] = weights
    // Copies of this model keep theirs: another adapter of this name may come into them.
    derived = DerivedModels()
    if adapters.count == 1 { activeAdapters = [name] }
  }

  /// Makes these adapters the active ones; what they add is summed.
  /// - Throws: `PeftModelError.unknownAdapter`, `AdapterError.copiedTwice` where two have copies of one
  ///   module.
  public mutating func setAdapter(_ names: String...) throws { try setAdapters(names) }

  /// - Throws: As `setAdapter`.
  public mutating func setAdapters(_ names: [String]) throws {
    var seen: Set<String> = []
    let names = names.filter { seen.insert($0).inserted }
    _ = try names.reduce(base.graph) { graph, name in
      try graph.adapted(by: weights(name).adapter, inTraining: false)
    }
    activeAdapters = names
  }

  /// Takes an adapter away. Where it was the only active one, the first of those that are left by name
  /// becomes active.
  /// - Throws: `PeftModelError` where there is none of that name, or it is merged.
  public mutating func deleteAdapter(_ name: String) throws {
    _ = try weights(name)
    guard !mergedAdapters.contains(name) else { throw PeftModelError.isMerged(name) }
    adapters[name] = nil
    derived = DerivedModels()
    let wasActive = activeAdapters.contains(name)
    activeAdapters.removeAll { $0 == name }
    if wasActive, activeAdapters.isEmpty, let first = adapters.keys.min() {
      activeAdapters = [first]
    }
  }

  /// Runs a closure on this model with no adapter in use. This model stays as it is.
  public func disableAdapters<Result, Failure: Error>(
    _ body: (PeftModel) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var copy = self
    copy.isEnabled = false
    return try body(copy)
  }

  /// - Throws: `PeftModelError.unknownAdapter`.
  public func weights(_ name: String) throws(PeftModelError) -> AdapterWeights {
    guard let weights = adapters[name] else {
      throw .unknownAdapter(name, known: Array(adapters.keys))
    }
    return weights
  }
}

// MARK: - Merging

extension PeftModel {
  /// Sums adapters into the weights, so that they take no time when the model runs.
  ///
  /// The base is kept: see `unmergeAdapter`. Merged adapters are in use as long as they are merged.
  /// - Parameter names: Adapters to merge; the active ones where nil.
  /// - Throws: `MergeError` where a weight would not be finite: nothing is merged then.
  public mutating func mergeAdapter(_ names: [String]? = nil) throws {
    let added = (names ?? activeAdapters).filter { !mergedAdapters.contains($0) }
    guard !added.isEmpty else { return }
    let all = mergedAdapters + added
    merged = try base.merged(with: all.map { name in try weights(name) })
    mergedAdapters = all
    derived = DerivedModels()
  }

  /// Goes back to the base's own weights.
  public mutating func unmergeAdapter() {
    guard !mergedAdapters.isEmpty else { return }
    mergedAdapters = []
    merged = nil
    derived = DerivedModels()
  }

  /// The base with adapters summed into its weights, by itself.
  /// - Parameter names: Adapters to merge; the active ones where nil.
  /// - Throws: `MergeError` where a weight would not be finite.
  public func mergeAndUnload(_ names: [String]? = nil) throws -> Model {
    try base.merged(with: (names ?? activeAdapters).map { name in try weights(name) })
  }
}

// MARK: - Running

extension PeftModel {
  /// Computes the outputs with the adapters that are in use, as `Model` does.
  ///
  /// - Parameter dropoutSeed: Where given, dropout is active as in training, the adapters' too.
  /// - Throws: As `Model`.
  public func callAsFunction(
    _ inputs: [String: Tensor], outputs: [String]? = nil, dropoutSeed: UInt64? = nil
  ) throws -> [String: Tensor] {
    try current(inTraining: dropoutSeed != nil)(
      inputs, outputs: outputs, dropoutSeed: dropoutSeed)
  }

  /// The adapters that are in use beside those that are merged.
  private var applied: [String] { activeAdapters.filter { !mergedAdapters.contains($0) } }

  /// The model that runs now: the base with the adapters that are in use.
  public func model() throws -> Model { try current() }

  private func current(inTraining: Bool = false) throws -> Model {
    guard isEnabled else { return base }
    return try model(with: applied, on: merged ?? base, inTraining: inTraining)
  }

  /// The base with some of the adapters.
  package func model(
    with names: [String], on base: Model, inTraining: Bool = false
  ) throws -> Model {
    guard !names.isEmpty else { return base }
    let key = DerivedModels.Key(
      adapters: names, base: ObjectIdentifier(base), inTraining: inTraining)
    return try derived.model(key) {
      try base.adapted(by: names.map { name in try weights(name) }, inTraining: inTraining)
    }
  }

  /// The graph that runs now: the base's, with the updates that are not merged.
  public func graph() throws -> Graph { try current().graph }
}

/// Adapted models with their plans, those that were used last.
private final class DerivedModels {
  struct Key: Equatable {
    let adapters: [String]
    let base: ObjectIdentifier
    let inTraining: Bool
  }

  private var models: [(key: Key, model: Model)] = []
  private static let mostKept = 4

  func model(_ key: Key, make: () throws -> Model) rethrows -> Model {
    if let index = models.firstIndex(where: { $0.key == key }) {
      models.append(models.remove(at: index))
    } else {
      models.append((key, try make()))
      models = models.suffix(Self.mostKept)
    }
    return models[models.count - 1].model
  }
}
