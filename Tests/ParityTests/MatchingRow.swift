import Peft
import PeftTestSupport

/// A configuration on a model, and what PEFT did.
struct MatchingRow: Decodable {
  let model: String
  let layers: Int
  let tuner: String
  let config: [String: RecordedValue]
  let matched: [String]?
  let saved: [String]?
  let resolved: [String]?
  let trainable: Int?
  let ranks: [String: [Double]]?
  let fanInFanOut: Bool?
  let error: String?
  let accident: String?
  let rankPatternOrder: [String]?
  let alphaPatternOrder: [String]?

  private enum CodingKeys: String, CodingKey {
    case model, layers, tuner, config, matched, saved, resolved, trainable, ranks, error, accident
    case fanInFanOut = "fan_in_fan_out"
    case rankPatternOrder = "rank_pattern_order"
    case alphaPatternOrder = "alpha_pattern_order"
  }

  var settings: RecordedSettings {
    RecordedSettings(
      tuner, config,
      orders: ["rank_pattern": rankPatternOrder, "alpha_pattern": alphaPatternOrder])
  }

  /// How our answer differs from PEFT's, or from our own decision where PEFT's is an accident.
  func differences(on graph: Graph) -> [String] {
    do {
      let model = try settings.applied(to: graph)
      if let expectedError { return ["should be refused: \(expectedError)"] }
      guard let matched else {
        return error == "task_unsupported" ? [] : ["PEFT's answer is not recorded"]
      }
      return differences(model, matched)
    } catch {
      guard let expectedError else { return ["should not be refused: \(error)"] }
      let kinds = kinds(of: error)
      let isFitting = kinds.contains(expectedError) || hasAnotherMistake(error)
      return isFitting ? [] : ["\(kinds), not \(expectedError): \(error)"]
    }
  }

  private var expectedError: String? {
    // PEFT's outcome depends on the number of modules; we refuse for every tuner.
    if accident == "all-linear with layer settings" { return "invalid_config" }
    // Python's class lacks what the task needs. Nothing is counted differently; we adapt.
    return error == "task_unsupported" ? nil : error
  }

  /// Whether a row has two mistakes of which PEFT names the other one: we check every field before
  /// any module is looked at, PEFT looks at ranks and biases last.
  private func hasAnotherMistake(_ error: any Error) -> Bool {
    guard let error = error as? ConfigurationErrors else { return false }
    return error.errors.allSatisfy { error in
      switch (error.field, error.field.flatMap { config[$0]?.value }) {
      case ("r", .integer(let r)?): r < 1
      case ("bias", let bias?): bias == .text("wrong")
      default: false
      }
    }
  }

  private func differences(_ model: AdapterPlan, _ matched: [String]) -> [String] {
    let adapter = model.adapter
    var differences: [String] = []
    func compare<Content: Equatable>(_ what: String, _ ours: Content, _ theirs: Content) {
      if ours != theirs { differences.append("\(what) \(ours), not \(theirs)") }
    }
    compare("adapts", adapter.updates.map(\.site.path).sorted(), Fixture.basePaths(matched))
    compare("saves", adapter.match.saved.modules.map(\.path).sorted(), (saved ?? []).sorted())
    compare("trains", model.trainableParameters, trainable)
    if let resolved {
      compare("resolves", adapter.configuration.options.targets.targetModules, .names(resolved))
    }
    let stated = config["fan_in_fan_out"]?.value == .bool(true)
    compare("fan_in_fan_out", adapter.configuration.options.fanInFanOut, fanInFanOut ?? stated)
    for update in adapter.updates {
      guard let expected = ranks?[update.site.path] else { continue }
      compare("rank of \(update.site.path)", update.rank, Int(expected[0]))
      let isRslora = config["use_rslora"]?.value == .bool(true)
      let divisor = isRslora ? expected[0].squareRoot() : expected[0]
      compare("scale of \(update.site.path)", update.scale, expected[1] / divisor)
    }
    return differences
  }

  /// What PEFT may call the mistake that our error names, which is often more precise.
  private func kinds(of error: any Error) -> Set<String> {
    switch error {
    case let errors as ConfigurationErrors:
      Set(
        errors.errors.map { error in
          switch error.field {
          case "r", "rank_pattern": "bad_rank"
          case "bias": "unknown_bias"
          default: "invalid_config"
          }
        })
    case let error as TargetError:
      switch error.reason {
      case .noDefaultTargets: ["no_default_targets"]
      case .noTargets: ["no_targets", "some_excluded", "no_linear_found"]
      case .everythingExcluded: ["all_excluded", "no_linear_found"]
      case .notFound: ["not_found", "no_linear_found"]
      case .excludedOrNotFound: ["some_excluded", "no_linear_found"]
      case .otherLayers, .noLayerNumber: ["not_found", "some_excluded", "no_linear_found"]
      // PEFT looks at the ranks of a module before its kind.
      case .unsupportedModules where config["rank_pattern"] != nil:
        ["unsupported_module", "bad_pattern"]
      case .unsupportedModules: ["unsupported_module", "no_linear_found"]
      case .badPattern: ["bad_pattern"]
      case .patternWithLayers, .allLinearWithLayers, .layersPatternAlone: ["invalid_config"]
      case .savedModuleIsList, .savedModuleIsAdapted: ["unsavable_module"]
      default: []
      }
    default: []
    }
  }
}

extension SiteUpdate {
  /// The rows of LoRA's A.
  fileprivate var rank: Int? { tensors.first { $0.name.contains("_A") }?.shape.first }

  fileprivate var scale: Double? {
    if case .scaled(let factor, _) = update { factor } else { nil }
  }
}
