import CPUCore
import ModelGraph
public import PeftBasics
public import PeftTensors
public import TunerKit

/// What an adapter adds to each weight, as tensors, one at a time.
///
/// These are the updates themselves, not differences of weights, which would have the weights'
/// rounding errors. They are 32-bit floats.
public struct UpdateMatrices {
  public let adapter: Adapter
  private let updates: Model

  /// - Parameter base: The model that the adapter is for. Its weights are needed only for updates that
  ///   read them: see `SiteUpdate.readsBase`.
  /// - Throws: `AdapterError` where the adapter is for another model.
  public init(_ weights: AdapterWeights, on base: Model) throws {
    adapter = weights.adapter
    updates = base.rewritten(
      as: try base.graph.updates(of: adapter), with: Array(weights.tensors))
  }

  /// What is added to a weight: `[out, in]`, however the weight is stored.
  /// - Parameter update: One of the adapter's.
  /// - Throws: `MissingBaseWeights` where it depends on a weight without values.
  public func weight(_ update: SiteUpdate) throws -> Tensor {
    try tensor(update.weightName, of: update)
  }

  /// What is added to the bias, or serves as one: `[out]`; nil for nothing.
  public func bias(_ update: SiteUpdate) throws -> Tensor? {
    guard update.biasUpdate != nil else { return nil }
    return try tensor(update.biasName, of: update)
  }

  private func tensor(_ output: String, of update: SiteUpdate) throws -> Tensor {
    do {
      return try updates.output(output)
    } catch let error as RunError {
      guard case .missingParameter = error.reason, update.readsBase else { throw error }
      throw MissingBaseWeights(site: update.site.path)
    }
  }
}

/// An update that depends on the base model's weights, where there are none.
public struct MissingBaseWeights: Diagnosis, Hashable {
  public let site: String

  public var words: (problem: String, fix: String?) {
    (
      "the update of \(site.shown) depends on the weight itself",
      "give the base model with its weights"
    )
  }
}
