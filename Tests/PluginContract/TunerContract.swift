public import Peft

/// What every tuner promises, as a list of clauses that a test suite runs in a few lines:
///
///     @Suite("My tuner") struct MyTunerTests {
///       static let contract = TunerContract(MyConfig.self, samples: [MyConfig(), MyConfig(r: 3)])
///
///       @Test("keeps the tuner contract", arguments: contract.clauses)
///       func clause(_ clause: ContractClause) { #expect(clause.breaches() == []) }
///     }
///
/// It needs no testing library of its own, so any can run it. Models are small and built by hand;
/// a sample's targets are replaced by all modules of a model that the tuner can update.
public struct TunerContract<Configuration: TunerConfiguration>: Sendable {
  /// The configurations to try, the defaults first.
  public let samples: [Configuration]

  /// - Parameter samples: Configurations that differ in what matters to the tuner's algebra; ranks
  ///   that divide no size, for one.
  public init(_ configuration: Configuration.Type, samples: [Configuration]) {
    self.samples = [Configuration()] + samples
  }

  /// All promises, each to be checked by itself.
  public var clauses: [ContractClause] {
    configurationClauses + refusalClauses + algebraClauses + adaptationClauses + fileClauses
      + runningClauses + trainingClauses
  }
}

/// One promise of a tuner.
public struct ContractClause: Sendable, CustomStringConvertible {
  /// What is promised.
  public let description: String
  private let check: @Sendable (inout BreachList) throws -> Void

  init(
    _ description: String, _ check: @escaping @Sendable (inout BreachList) throws -> Void
  ) {
    self.description = description
    self.check = check
  }

  /// How the promise is broken, in words; empty where it is kept.
  public func breaches() -> [String] {
    var list = BreachList()
    do { try check(&list) } catch { list.add("an error where none should be: \(error)") }
    return list.breaches
  }
}

/// What is found wrong while a clause is checked.
struct BreachList {
  private(set) var breaches: [String] = []

  mutating func add(_ breach: String) { breaches.append(breach) }

  mutating func expect(_ isKept: Bool, _ breach: @autoclosure () -> String) {
    if !isKept { add(breach()) }
  }

  mutating func expectEqual<Content: Equatable>(
    _ found: Content, _ expected: Content, _ subject: @autoclosure () -> String
  ) {
    if found != expected { add("\(subject()): \(found), not \(expected)") }
  }

  /// Runs what must be refused with an error that names what is wrong.
  mutating func expectRefusal(_ subject: String, naming name: String, _ body: () throws -> Void) {
    do {
      try body()
      add("\(subject) is not refused")
    } catch {
      expect("\(error)".contains(name), "\(subject) is refused without naming \(name): \(error)")
    }
  }
}

/// A contract that would hold because it has nothing to check.
private struct NothingToUpdate: Error, CustomStringConvertible {
  var description: String { "the tuner can update no module of the contract's models" }
}

/// A configuration on one of the contract's models.
struct ContractCase<Configuration: TunerConfiguration> {
  let model: ContractModel
  let adapter: Adapter
  let name: String
}

extension TunerContract {
  typealias Case = ContractCase<Configuration>

  /// A sample with all modules of a model that the tuner can update as targets; nil where there is
  /// none.
  func aimed(_ sample: Configuration, at model: ContractModel) -> Configuration? {
    let targets = model.targets(Configuration.Method.supportedKinds)
    guard !targets.isEmpty else { return nil }
    var configuration = sample
    configuration.options.targets = TargetSelection(targetModules: .names(targets))
    return configuration
  }

  /// Every sample on every model.
  func cases(named name: String = "probe", dropout: Double? = nil) throws -> [Case] {
    var cases: [Case] = []
    let samples = try dropout.map(samples(droppingOut:)) ?? samples
    for model in try ContractModel.all() {
      for sample in samples {
        guard let configuration = aimed(sample, at: model) else { continue }
        let adapter = try Adapter(configuration, for: model.graph, name: name)
        let settings = ConfigurationValue.map(sample.changedValues)
        cases.append(
          Case(model: model, adapter: adapter, name: "\(model.graph.name) with \(settings)"))
      }
    }
    guard !cases.isEmpty || samples.isEmpty else { throw NothingToUpdate() }
    return cases
  }

  /// The fields that set a rate of dropout.
  static var dropoutFields: [String] {
    Configuration.fields.map(\.name).filter { $0.contains("dropout") }
  }

  /// The samples with every rate of dropout set; for a tuner that has none, all or nothing.
  private func samples(droppingOut rate: Double) throws -> [Configuration] {
    guard !Self.dropoutFields.isEmpty else { return rate == 0 ? samples : [] }
    return try samples.map { sample in
      var values = sample.values
      for field in Self.dropoutFields { values[field] = .number(rate) }
      return try Configuration(values)
    }
  }
}
