public import CPUCore
import PeftAdapters
import TunerKit

/// How the update of one module is multiplied.
public struct UpdatePlan: Hashable, Sendable {
  public let path: String
  public let outputs: Int
  public let inputs: Int
  /// The greatest rank that the update can have.
  public let rank: Int
  /// Whether it is carried beside the weight as two thin products, instead of being added to it.
  public let isBeside: Bool
  /// What both orders take; nil where there is no choice, or the choice needs no reckoning.
  public let costs: PlannedUpdate.Costs?

  /// The plans of an adapter's modules. Of a module that is used several times the first use counts.
  static func all(of adapter: Adapter, in program: Program) -> [UpdatePlan] {
    let planned = Dictionary(program.updates.map { ($0.module, $0) }) { first, _ in first }
    return adapter.updates.map { update in
      let (site, known) = (update.site, planned[update.site.path])
      return UpdatePlan(
        path: site.path, outputs: site.outputs, inputs: site.inputs,
        rank: (try? update.update.rankBound()) ?? min(site.outputs, site.inputs),
        isBeside: known?.isBeside ?? false, costs: known?.costs)
    }
  }
}
