import PluginContract
import Testing
import TunerKit

/// A tuner that breaks one promise, so that the contract can be seen to notice.
struct BrokenTuner: Tuner {
  enum Fault: String, CaseIterable {
    case none, shape, fresh, idle, shared, ambiguous, dropout, nan
  }

  static let name = "BROKEN"
  private let fault: Fault

  init(_ configuration: BrokenConfig, sites: [Site]) {
    fault = Fault(rawValue: configuration.fault) ?? .none
  }

  func update(of site: Site) throws -> WeightUpdate {
    let a = site.trained("a", [1, site.inputs], initially: .uniform(bound: 1))
    let b = site.trained("b", [site.outputs, 1], initially: fault == .fresh ? .ones : .zeros)
    switch fault {
    case .shape: return a.transposed • b.transposed
    case .idle: return 0 * (b • a)
    case .nan: return .nan * (b • a)
    case .shared:
      let stray = UpdateTensor(
        name: "a", site: "elsewhere", shape: [1, site.inputs], initial: .zeros, isTrained: true)
      return b • .tensor(stray)
    case .ambiguous:
      let sized = WeightUpdate.frozen("basis", [site.outputs, 1], initially: .ones)
      return (b ⊙ sized) • a
    default: return b • a
    }
  }

  func inputDropout(at site: Site) -> Double { fault == .dropout ? 1 : 0 }
}

struct BrokenConfig: TunerConfiguration {
  typealias Method = BrokenTuner
  var fault = "none"
  var rank = 1
  var options = AdapterOptions()
  /// What `fault` is unless the file says otherwise; nothing reads it.
  var unused = 0

  init() {}
  init(_ fault: BrokenTuner.Fault) { self.fault = fault.rawValue }

  static let rankSetting = RankSetting<BrokenConfig>("rank", \.rank)
  static let ownFields: [ConfigurationField<BrokenConfig>] = [
    ConfigurationField("fault", \.fault, "What is wrong."),
    ConfigurationField("rank", \.rank, "The rank.", rule: .atLeast(1)),
  ]
}

/// A tuner for a kind of module that no model has.
private struct AimlessTuner: Tuner {
  static let name = "AIMLESS"
  static let supportedKinds: [Module.Kind] = ["Nothing"]

  init(_ configuration: AimlessConfig, sites: [Site]) {}

  func update(of site: Site) -> WeightUpdate {
    site.trained("a", [site.outputs, site.inputs], initially: .zeros)
  }
}

private struct AimlessConfig: TunerConfiguration {
  typealias Method = AimlessTuner
  var rank = 1
  var options = AdapterOptions()

  static let ownFields: [ConfigurationField<AimlessConfig>] = [
    ConfigurationField("rank", \.rank, "The rank.", rule: .atLeast(1))
  ]
}

@Suite("The contract notices") struct BrokenTunerTests {
  private func broken(_ fault: BrokenTuner.Fault) -> [String] {
    let contract = TunerContract(BrokenConfig.self, samples: [BrokenConfig(fault)])
    return contract.clauses.filter { !$0.breaches().isEmpty }.map(\.description)
  }

  @Test("Nothing, where nothing is wrong") func sound() { #expect(broken(.none) == []) }

  @Test(
    "Every fault",
    arguments: [
      (.shape, "An update has its weight's shape, [outputs, inputs]", "the tuner's update of"),
      (
        .shared, "An update has its weight's shape, [outputs, inputs]",
        "uses the tensor 'a' of another module"
      ),
      (
        .ambiguous, "An update has its weight's shape, [outputs, inputs]",
        "two different tensors are called 'basis' at"
      ),
      (
        .dropout, "An update has its weight's shape, [outputs, inputs]", "the tuner's dropout at"
      ),
      (.nan, "A fresh adapter changes no weight", "is changed from the start"),
      (.nan, "Every trained tensor has a part in its update", "is zero, or no number"),
      (.fresh, "A fresh adapter changes no weight", "is changed from the start"),
      (.fresh, "A fresh adapter changes no answer, unless it is asked to", "it changes answers by"),
      (.idle, "Every trained tensor has a part in its update", "is zero, or no number"),
    ] as [(BrokenTuner.Fault, String, String)])
  func faults(fault: BrokenTuner.Fault, description: String, words: String) throws {
    let contract = TunerContract(BrokenConfig.self, samples: [BrokenConfig(fault)])
    let clause = try #require(contract.clauses.first { $0.description == description })
    let breach = try #require(clause.breaches().first)
    #expect(breach.contains(words))
  }

  @Test("A fault breaks what it has to do with, and nothing else")
  func otherClauses() {
    #expect(
      broken(.fresh) == [
        "A fresh adapter changes no weight",
        "A fresh adapter changes no answer, unless it is asked to",
      ])
    #expect(broken(.idle) == ["Every trained tensor has a part in its update"])
  }

  @Test("A contract with nothing to check is not kept")
  func nothingToUpdate() {
    let contract = TunerContract(AimlessConfig.self, samples: [])
    let breaches = contract.clauses.flatMap { $0.breaches() }
    #expect(breaches.count > 10)
    #expect(
      Set(breaches) == [
        "an error where none should be: the tuner can update no module of the contract's models"
      ])
  }

  @Test("A field that is not written is lost between writing and reading")
  func forgottenField() {
    var sample = BrokenConfig()
    sample.unused = 3
    let contract = TunerContract(BrokenConfig.self, samples: [sample])
    let broken = contract.clauses.filter { !$0.breaches().isEmpty }.map(\.description)
    #expect(broken == ["What is written reads as the same configuration"])
  }
}
