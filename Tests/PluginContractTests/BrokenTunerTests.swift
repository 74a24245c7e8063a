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

@Suite("The contract notices") struct BrokenTunerTests {
  private func broken(_ fault: BrokenTuner.Fault) -> [String] {
    let contract = TunerContract(BrokenConfig.self, samples: [BrokenConfig(fault)])
    return contract.clauses.filter { !$0.breaches().isEmpty }.map(\.description)
  }

  @Test("Nothing, where nothing is wrong") func sound() { #expect(broken(.none) == []) }

  @Test("Every fault", arguments: BrokenTuner.Fault.allCases.dropFirst())
  func faults(fault: BrokenTuner.Fault) {
    let clauses = broken(fault)
    #expect(!clauses.isEmpty)
    switch fault {
    case .fresh:
      #expect(
        clauses == [
          "A fresh adapter changes no weight",
          "A fresh adapter changes no answer, unless it is asked to",
        ])
    case .idle: #expect(clauses.contains("Every trained tensor has a part in its update"))
    default: break
    }
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
