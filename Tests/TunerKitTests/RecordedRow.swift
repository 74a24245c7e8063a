import ModelGraph
import OrderedCollections
import PeftTestSupport
import Testing

@testable import TunerKit

/// A configuration on a model, and what PEFT did.
struct RecordedRow: Decodable {
  let model: String
  let layers: Int?
  let tuner: String
  let config: PEFTConfiguration
  let rankPatternOrder: [String]?
  let matched: [String]?
  let saved: [String]?
  let ranks: [String: [Double]]?
  let resolved: [String]?
  let error: String?
  let accident: String?
  let warnings: [String]?

  private enum CodingKeys: String, CodingKey {
    case model, layers, tuner, config, matched, saved, ranks, resolved, error, accident, warnings
    case rankPatternOrder = "rank_pattern_order"
  }

  /// Whether nothing but targets decides: no mistake lies elsewhere in the configuration.
  var isAboutTargets: Bool {
    let isUnknownTask = config.taskName != nil && config.selection.taskType == nil
    return !isUnknownTask && !["bad_rank", "unknown_bias", "task_unsupported"].contains(error)
  }

  /// What the tuners of PEFT adapt, under the class names that occur in the fixtures.
  private var supportedKinds: Set<Module.Kind> {
    tuner == "LORA"
      ? [
        .linear, .conv1D, .embedding, .conv2D, "OPTLearnedPositionalEmbedding",
        "GemmaTextScaledWordEmbedding",
      ]
      : [.linear, .conv1D]
  }

  func check(_ matcher: TargetMatcher) {
    let refusedHere = accident == "all-linear with layer settings"
    do throws(TargetError) {
      if tuner == "LORA" { try config.selection.checkLayerSettings() }
      let report = try matcher.report(for: config.selection, supporting: supportedKinds)
      let ranks = try ranks(of: report)
      _ = try PatternTable(
        OrderedDictionary(uniqueKeysWithValues: config.alphaPattern.map { ($0.key, $0.value) }),
        setting: "alpha_pattern")
      guard let matched, !refusedHere else {
        Issue.record("\(self): PEFT says \(error ?? "nothing"), or we should refuse")
        return
      }
      #expect(report.matched.map(\.path).sorted() == Fixture.basePaths(matched), "\(self)")
      // Only rows about whole models tell what is saved.
      if layers != nil {
        #expect(report.saved.modules.map(\.path).sorted() == (saved ?? []).sorted(), "\(self)")
      }
      if let resolved { #expect(report.resolvedTargets == .names(resolved), "\(self)") }
      for (path, expected) in self.ranks ?? [:] {
        #expect(ranks[path].map(Double.init) == expected.first, "\(self): \(path)")
      }
      // We also warn where PEFT does not look.
      if warnings?.contains("exclude_unused") == true {
        let isSaid = report.warnings.contains {
          if case .unusedExclusion = $0 { true } else { false }
        }
        #expect(isSaid, "\(self)")
      }
    } catch {
      if refusedHere, case .allLinearWithLayers = error.reason { return }
      #expect(isFitting(error.reason), "\(self): \(error)")
    }
  }

  private func ranks(of report: MatchReport) throws(TargetError) -> [String: Int] {
    var entries: OrderedDictionary<String, Int> = [:]
    for key in rankPatternOrder ?? Array(config.rankPattern.keys) {
      entries[key] = config.rankPattern[key]
    }
    let table = try PatternTable(entries, setting: "rank_pattern")
    var ranks: [String: Int] = [:]
    for module in report.matched {
      ranks[module.path] = try table.value(for: module.path) ?? config.rank
    }
    let unused = try table.unusedKeys(among: report.matched.map(\.path))
    guard matched != nil else { return ranks }
    #expect(unused.isEmpty != (warnings?.contains("rank_pattern_unused") ?? false), "\(self)")
    return ranks
  }

  /// Whether our reason says what PEFT's error says, or something more precise.
  private func isFitting(_ reason: TargetError.Reason) -> Bool {
    let kinds: Set<String> =
      switch reason {
      case .noDefaultTargets: ["no_default_targets"]
      case .noTargets: ["no_targets", "some_excluded", "no_linear_found"]
      case .everythingExcluded: ["all_excluded", "no_linear_found"]
      case .notFound: ["not_found", "no_linear_found"]
      case .excludedOrNotFound: ["some_excluded", "no_linear_found"]
      case .otherLayers, .noLayerNumber: ["not_found", "some_excluded", "no_linear_found"]
      // PEFT looks at the ranks of a module before its kind.
      case .unsupportedModules where !config.rankPattern.isEmpty:
        ["unsupported_module", "no_linear_found", "bad_pattern"]
      case .unsupportedModules: ["unsupported_module", "no_linear_found"]
      case .badPattern: ["bad_pattern"]
      case .patternWithLayers, .allLinearWithLayers, .layersPatternAlone: ["invalid_config"]
      case .savedModuleIsList, .savedModuleIsAdapted: ["unsavable_module"]
      default: []
      }
    return error.map(kinds.contains) ?? false
  }
}

extension RecordedRow: CustomStringConvertible {
  var description: String {
    "\(tuner) on \(model): \(config.selection) \(config.rankPattern) \(error ?? "") \(accident ?? "")"
  }
}
