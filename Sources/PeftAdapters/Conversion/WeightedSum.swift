import CPUCore
import LoRA
import PeftTensors
import TunerKit

/// One combination of adapters on a model.
struct WeightedSum {
  /// A source together with its update of one module.
  private typealias Term = (source: WeightedAdapter, update: SiteUpdate)

  private let sources: [WeightedAdapter]
  private let combination: AdapterCombination
  private let svdRank: Int?
  private var arithmetic: TaskArithmetic
  private let base: Model
  private var warnings: [String] = []

  init(
    _ adapters: [(weights: AdapterWeights, weight: Double)], combination: AdapterCombination,
    density: Double?, majoritySign: AdapterCombination.MajoritySign, svdRank: Int?, seed: Int,
    on base: Model
  ) throws {
    guard !adapters.isEmpty else { throw CombinationError.noAdapters }
    if let density, !(density > 0) { throw CombinationError.badDensity(density) }
    if combination.needsDensity, density == nil { throw CombinationError.noDensity(combination) }
    if !combination.needsDensity, density != nil {
      throw CombinationError.unused(argument: "density", combination)
    }
    if let svdRank, svdRank < 1 { throw CombinationError.badRank(svdRank) }
    if !combination.isOfUpdates, svdRank != nil {
      throw CombinationError.unused(argument: "svdRank", combination)
    }
    for (weights, weight) in adapters where !weight.isFinite {
      throw CombinationError.badWeight(weight, adapter: weights.name)
    }
    try Self.checkCopies(adapters.map(\.weights.adapter))
    _ = try base.graph.prepared(for: adapters.map(\.weights.adapter))
    sources = try adapters.map { try WeightedAdapter($0.weights, weight: $0.weight, on: base) }
    self.base = base
    self.svdRank = svdRank
    // As in PEFT, one adapter is taken as it is: there is nothing to combine it with.
    let isAlone = sources.count == 1 && svdRank == nil && sources[0].products != nil
    self.combination = isAlone ? .cat : combination
    arithmetic = TaskArithmetic(
      combination: combination, density: density ?? 1, majoritySign: majoritySign,
      generator: TorchGenerator(seed: seed))
    if let density, density >= 1 {
      warnings.append("density is \(density): no entries are left out")
    }
    try checkSources()
  }

  mutating func combined(
    named name: String
  ) throws -> (adapter: AdapterWeights, report: ApproximationReport) {
    var sites: [Site] = []
    for update in sources.flatMap(\.weights.adapter.updates)
    where !sites.contains(where: { $0.path == update.site.path }) {
      sites.append(update.site)
    }
    let parts = try sites.map { site in
      let terms: [Term] = sources.compactMap { source in
        source.updates[site.path].map { (source, $0) }
      }
      return LoRAMaker.Part(
        site: site, factors: try factors(of: terms, at: site), bias: try bias(of: terms))
    }
    let adapter = try LoRAMaker(template: try template(), base: base).adapter(
      named: name, of: parts, ranks: try ranks(), copiesOf: sources.map(\.weights))
    return (adapter, try report(on: adapter, parts))
  }
}

// MARK: - The combined factors

extension WeightedSum {
  private mutating func factors(of terms: [Term], at site: Site) throws -> LowRankFactors {
    switch combination {
    case .cat:
      return LowRankFactors(
        sum: try terms.map { source, update in
          guard let products = source.products else { throw noFactors(source) }
          return try products.product(update).scaled(by: source.weight)
        })
    case let kind where kind.isOfUpdates:
      let sum = arithmetic.sum(
        try terms.map { try $0.source.matrices.weight($0.update) },
        weights: terms.map(\.source.weight))
      let size = LoRASize.rank(try rankOfUpdates())
      return try NearestFactors(of: sum, size: size, at: site.path).factors
    default: return try sumOfFactors(terms, at: site)
    }
  }

  /// `A = Σ ±√|w s| Aᵢ` and `B = Σ √|w s| Bᵢ`, as in PEFT.
  private mutating func sumOfFactors(_ terms: [Term], at site: Site) throws -> LowRankFactors {
    let stored = try terms.map { source, update in
      guard let products = source.products else { throw noFactors(source) }
      return (try products.stored(update), source.weight)
    }
    let ranks = stored.map(\.0.factors.rank)
    guard Set(ranks).count == 1 else {
      throw CombinationError.ranksDiffer(site: site.path, ranks: ranks, combination)
    }
    let weights = stored.map { $0.1 * $0.0.scale }
    let roots = weights.map { $0.magnitude.squareRoot() }
    let a = arithmetic.sum(
      stored.map(\.0.factors.a), weights: zip(weights, roots).map { $0 < 0 ? -$1 : $1 })
    let b = arithmetic.sum(stored.map(\.0.factors.b), weights: roots)
    return LowRankFactors(b: b, a: a)
  }

  private func bias(of terms: [Term]) throws -> Tensor? {
    var sum: [Float]?
    for (source, update) in terms {
      guard let bias = try source.matrices.bias(update)?.scaled(by: source.weight).floats() else {
        continue
      }
      sum = sum.map { zip($0, bias).map(+) } ?? bias
    }
    return sum.map { Tensor($0, shape: [$0.count]) }
  }

  private func rankOfUpdates() throws -> Int {
    try svdRank
      ?? sources.reduce(1) { largest, source in
        guard let products = source.products else {
          throw CombinationError.noRank(
            adapter: source.weights.name, tuner: source.tunerText)
        }
        return max(largest, try products.storedRank * (products.changesBase ? 2 : 1))
      }
  }

  private func ranks() throws -> LoRAMaker.Ranks {
    combination.isOfUpdates ? .uniform(try rankOfUpdates()) : .perModule(otherwise: nil)
  }
}

// MARK: - Settings

extension WeightedSum {
  /// The first adapter's settings, with all targets and all that is trained in full.
  private func template() throws -> LoraConfig {
    let configurations = sources.map { LoRAMaker.template(of: $0.weights.adapter.configuration) }
    var template = configurations[0]
    var names: [String] = []
    for configuration in configurations {
      // A pattern and a list have no union: then the modules are named by their paths.
      guard case .names(let targets)? = configuration.options.targets.targetModules else {
        continue
      }
      names += targets.filter { !names.contains($0) }
    }
    if configurations.count > 1 { template.options.targets.targetModules = .names(names) }
    for configuration in configurations.dropFirst() {
      let saved = configuration.options.targets.modulesToSave
      template.options.targets.modulesToSave += saved.filter {
        !template.options.targets.modulesToSave.contains($0)
      }
      if template.options.bias == .none { template.options.bias = configuration.options.bias }
      if configuration.options.bias == .all { template.options.bias = .all }
    }
    return template
  }

  /// As in PEFT, no two adapters may train the same thing in full.
  private static func checkCopies(_ adapters: [Adapter]) throws(CombinationError) {
    var owners: [String: String] = [:]
    for adapter in adapters {
      for copy in adapter.copies {
        guard let other = owners.updateValue(adapter.name, forKey: copy.name) else { continue }
        throw .savedTwice(copy.module ?? copy.name, adapters: [other, adapter.name])
      }
    }
  }

  private func checkSources() throws {
    guard !combination.isOfUpdates else {
      _ = try rankOfUpdates()
      return
    }
    for source in sources {
      guard let products = source.products else { throw noFactors(source) }
      guard combination != .cat else { continue }
      if products.changesBase {
        throw CombinationError.movedInitialization(
          adapter: source.weights.name, products.configuration.initLoraWeights, combination)
      }
      if source.weights.adapter.updates.contains(where: { $0.biasUpdate != nil }) {
        throw CombinationError.hasBias(adapter: source.weights.name, combination)
      }
    }
  }

  private func noFactors(_ source: WeightedAdapter) -> CombinationError {
    .noFactors(adapter: source.weights.name, tuner: source.tunerText, combination)
  }
}

// MARK: - How near it is

extension WeightedSum {
  /// Compares the new updates with the weighted sums of the old ones.
  private func report(
    on adapter: AdapterWeights, _ parts: [LoRAMaker.Part]
  ) throws -> ApproximationReport {
    let matrices = try UpdateMatrices(adapter, on: base)
    let modules = try adapter.adapter.updates.map { update in
      let site = update.site
      let rank = parts.first { $0.site.path == site.path }?.factors.rank ?? 0
      let result = combination == .cat ? [] : try matrices.weight(update).floats()
      var sum = [Float](repeating: 0, count: site.outputs * site.inputs)
      for source in sources {
        guard let update = source.updates[site.path] else { continue }
        let matrix = try source.matrices.weight(update).floats()
        for index in sum.indices { sum[index] += Float(source.weight) * matrix[index] }
      }
      let differences = zip(result, sum).lazy.map { $0 - $1 }
      return ApproximationReport.Module(
        path: site.path, outputs: site.outputs, inputs: site.inputs, rank: rank,
        norm: Self.length(sum), errorNorm: Self.length(differences))
    }
    return ApproximationReport(modules: modules, warnings: warnings + adapter.warnings)
  }

  private static func length(_ entries: some Sequence<Float>) -> Double {
    entries.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }
}
