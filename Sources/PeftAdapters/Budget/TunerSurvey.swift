package import TunerKit

/// The tuners of a registry on one model, where none was named: each at its survey settings.
package struct TunerSurvey {
  let configurations: [any TunerConfiguration]
  /// Whether the model's family has default targets; without them all linear layers are taken.
  let hasUsualTargets: Bool

  /// - Parameter isWhole: Whether all that a tuner shows is wanted, or just its defaults.
  package init(_ registry: TunerRegistry, of graph: Graph, isWhole: Bool) {
    let usual = graph.origin.modelType.flatMap(DefaultTargets.targets(forModelType:))
    func shown<Method: Tuner>(by _: Method.Type) -> [any TunerConfiguration] {
      (isWhole ? Method.survey : [Method.Configuration()]).map { configuration in
        var configuration = configuration
        if usual == nil, configuration.options.targets.targetModules == nil {
          configuration.options.targets.targetModules = .allLinear
        }
        return configuration
      }
    }
    hasUsualTargets = usual != nil
    configurations = registry.all.flatMap { shown(by: $0) }
  }

  /// Does something with every configuration. A tuner that cannot be applied to the model is left
  /// out, unless none can.
  /// - Returns: What the user should know about those that are left out, each once.
  /// - Throws: The first `ComparisonError`, where every configuration has one; all other errors.
  package func visit(_ body: (any TunerConfiguration) throws -> Void) throws -> [String] {
    var failures: [ComparisonError] = []
    for configuration in configurations {
      do { try body(configuration) } catch let error as ComparisonError { failures.append(error) }
    }
    if let first = failures.first, failures.count == configurations.count { throw first }
    return failures.reduce(into: []) { lines, failure in
      let line = "\(failure.label) is left out: \("\(failure.cause)".prefix { !$0.isNewline })"
      if !lines.contains(line) { lines.append(line) }
    }
  }
}
