import LoRA
import ModelGraph
import OrderedCollections
import PeftReports
import PeftTensors
import TunerKit

/// Makes LoRA adapters from finished factors, at a scale of 1: `lora_alpha` is the rank, and neither
/// rslora nor a start that changes the base is left to be applied again.
struct LoRAMaker {
  /// One module's part of the adapter.
  struct Part {
    package let site: Site
    package let factors: LowRankFactors
    /// What is added to the bias; nil for nothing.
    package var bias: Tensor?
  }

  /// How ranks are laid down.
  enum Ranks {
    /// One for all modules; smaller ones get zeros.
    case uniform(Int)
    /// Each module its own, in `rank_pattern`, unless they are all the same.
    case perModule(otherwise: Int?)
  }

  /// Settings that stay: targets, what else is trained, dropout.
  let template: LoraConfig
  let base: Model

  /// A configuration of LoRA with the settings that all tuners have.
  static func template(of configuration: any TunerConfiguration) -> LoraConfig {
    var template = configuration as? LoraConfig ?? LoraConfig()
    template.options = configuration.options
    if case .only = template.options.bias { template.options.bias = .only("lora_only") }
    template.options.fanInFanOut = nil
    template.options.peftVersion = nil
    return template
  }

  /// - Parameters:
  ///   - sources: Adapters whose trained copies of modules and biases are carried along.
  ///   - withBaseParameters: Whether what they have in place of the base model's parameters is, too.
  func adapter(
    named name: String, of parts: [Part], ranks: Ranks, copiesOf sources: [AdapterWeights],
    withBaseParameters: Bool = true
  ) throws -> AdapterWeights {
    let (configuration, width) = settled(parts, ranks)
    let adapter = try configuration.adapter(
      named: name, updating: parts.map(\.site.path), of: base.graph)
    // Before memory is taken for the zeros.
    try adapter.checkSize(on: base.graph)
    let byPath = Dictionary(
      parts.map { ($0.site.path, $0) }, uniquingKeysWith: { first, _ in first })
    var tensors: [String: Tensor] = [:]
    for update in adapter.updates {
      guard let part = byPath[update.site.path] else { continue }
      let factors = part.factors.padded(to: width)
      let names = LoRATuner.factorNames(of: update.site)
      for tensor in update.tensors {
        let numbers: Tensor? =
          switch tensor.name {
          case names.a: factors.a
          case names.b: factors.b
          default: part.bias
          }
        tensors[tensor.parameterName(adapter: name)] =
          numbers?.reshaped(tensor.shape)
          ?? Tensor(shape: tensor.shape, type: .float32) { _ in }
      }
    }
    for copy in adapter.copies {
      tensors[copy.parameterName(adapter: name)] = sources.lazy.compactMap { $0.copy(copy) }.first
    }
    let replaced = sources.flatMap { source in
      source.baseParameters.compactMap { name in source.tensors[name].map { (name, $0) } }
    }
    if withBaseParameters { tensors.merge(replaced) { $1 } }
    let made = try AdapterWeights(adapter, on: base, given: tensors)
    return AdapterWeights(
      adapter, tensors: made.tensors, generation: nil, baseParameters: made.baseParameters,
      files: sources.flatMap(\.files),
      warnings: made.warnings)
  }

  /// The configuration, and the rank that every module's factors are filled up to.
  private func settled(_ parts: [Part], _ ranks: Ranks) -> (LoraConfig, width: Int) {
    var (configuration, width) = (template, 0)
    configuration.useRslora = false
    configuration.initLoraWeights = .kaimingUniform
    configuration.initializationSettings = LoraInitialization.Settings()
    configuration.useDora = false
    configuration.loraBias = parts.contains { $0.bias != nil }
    (configuration.rankPattern, configuration.alphaPattern) = ([:], [:])
    let largest = parts.reduce(1) { max($0, $1.factors.rank) }
    switch ranks {
    case .uniform(let rank):
      configuration.r = max(rank, largest)
      width = configuration.r
    case .perModule(let otherwise):
      configuration.r = largest
      if parts.contains(where: { $0.factors.rank != largest }) {
        configuration.r = otherwise ?? largest
        // Keys count in their order, and one path may be the end of another.
        for part in parts.sorted(by: { $0.site.path.utf8.count > $1.site.path.utf8.count }) {
          configuration.rankPattern[part.site.path] = part.factors.rank
          configuration.alphaPattern[part.site.path] = Double(part.factors.rank)
        }
      }
    }
    configuration.loraAlpha = Double(configuration.r)
    return (configuration, width)
  }
}

extension LoraConfig {
  /// The adapter with targets that mean these modules and no others: the configuration's own where
  /// they do, or else the paths.
  fileprivate func adapter(
    named name: String, updating paths: [String], of graph: Graph
  ) throws -> Adapter {
    var byName = self
    byName.options.targets.excludeModules = nil
    byName.options.targets.layersToTransform = nil
    byName.options.targets.layersPattern = nil
    byName.options.targets.targetModules = .names(paths)
    for candidate in [self, byName] {
      if let adapter = try? Adapter(candidate, for: graph, name: name),
        Set(adapter.updates.map(\.site.path)) == Set(paths)
      {
        return adapter
      }
    }
    // One path may be the end of another's, which a list of names would mean as well.
    var exactly = byName
    let alternatives = paths.map { $0.split(separator: ".").joined(separator: #"\."#) }
    exactly.options.targets.targetModules = .pattern(alternatives.joined(separator: "|"))
    return try Adapter(exactly, for: graph, name: name)
  }
}

extension AdapterWeights {
  /// The values of this adapter's copy of a parameter; nil where it has none.
  fileprivate func copy(_ copy: TrainedCopy) -> Tensor? {
    adapter.copies.first { $0.name == copy.name && $0.module == copy.module }
      .flatMap { tensors[$0.parameterName(adapter: name)] }
  }
}
