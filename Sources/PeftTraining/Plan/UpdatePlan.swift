public import CPUCore
import PeftAdapters
import TunerKit

/// How the update of one module is multiplied, and what the module takes in a step.
public struct UpdatePlan: Hashable, Sendable {
  public let path: String
  public let outputs: Int
  public let inputs: Int
  /// The highest rank that the update can have.
  public let rank: Int
  /// Whether it is carried beside the weight as two thin products, instead of being added to it.
  public let isBeside: Bool
  /// The cost of both orders, by which one was chosen; nil where there is no choice, or it does not depend on
  /// cost.
  public let costs: PlannedUpdate.Costs?
  /// What the module's own steps take: the product with the frozen weight, the update, and the backward pass of
  /// both.
  public let work: ProgramWork
  /// What they would take in the other order; nil where there is no choice.
  public let otherWork: ProgramWork?
  /// How the gradients of an added update's factors are multiplied; nil where there is no choice.
  public let gradients: PlannedGradients?

  /// The plans of an adapter's modules. Of a module that is used several times the first use's choice counts.
  /// - Parameters:
  ///   - work: That of the program.
  ///   - other: That of a program with all choices reversed.
  ///   - runs: The program's runs in a step.
  static func all(
    of adapter: Adapter, in program: Program, work: [StepWork], otherwise other: [StepWork],
    runs: Int
  ) -> [UpdatePlan] {
    let planned = Dictionary(program.updates.map { ($0.module, $0) }) { first, _ in first }
    let gradients = Dictionary(program.gradients.map { ($0.module, $0) }) { first, _ in first }
    let (work, other) = (work.byModule, other.byModule)
    return adapter.updates.map { update in
      let site = update.site
      let known = planned[site.path]
      return UpdatePlan(
        path: site.path, outputs: site.outputs, inputs: site.inputs,
        rank: (try? update.update.rankBound()) ?? min(site.outputs, site.inputs),
        isBeside: known?.isBeside ?? false, costs: known?.costs,
        work: work[site.path] ?? ProgramWork(),
        otherWork: known.flatMap { _ in other[site.path] },
        gradients: gradients[site.path].map { $0 * runs })
    }
  }
}

extension [StepWork] {
  fileprivate var byModule: [String: ProgramWork] {
    var sums: [String: ProgramWork] = [:]
    for part in flatMap(\.modules) {
      sums[part.path] = (sums[part.path] ?? ProgramWork()) + part.work
    }
    return sums
  }
}
