import CPUCore
public import PeftAdapters
import TunerKit

extension Model {
  /// This model with adapters, ready to answer: summed into the weights, so that they cost no time, or beside them
  /// where there is no memory for the sums.
  ///
  /// Sums are made in 32 bits and rounded once to the type that the weights are stored in, as merging does.
  /// - Throws: `MergeError` where a sum is not finite; `AdapterError` where the adapters do not fit.
  public func answering(with adapters: [AdapterWeights]) throws -> Model {
    guard !adapters.isEmpty else { return self }
    let bytes = graph.parameters.reduce(0) { $0 + $1.storedByteCount }
    let sums = adapters.flatMap(\.adapter.updates).reduce(0) {
      $0 + 4 * $1.site.outputs * $1.site.inputs
    }
    guard bytes + sums <= MachineMemory.byteCount else { return try carrying(adapters) }
    do { return try merged(with: adapters).keepingHalves(of: adapters) } catch is AdapterError {
      // A bias for a layer that has none can be added, and not be merged.
      return try carrying(adapters)
    }
  }

  /// In precision bf16 the sums are kept as they are multiplied.
  private func keepingHalves(of adapters: [AdapterWeights]) -> Model {
    guard precision == .bf16 else { return self }
    var parameters = parameters
    for site in adapters.flatMap(\.adapter.updates).map(\.site) where site.kind != .embedding {
      guard let id = graph.parameter(calledByModule: "\(site.path).weight"),
        let sum = parameters[id],
        sum.type == .float32
      else { continue }
      parameters[id] = sum.converted(to: .bfloat16)
    }
    return changed(parameters: parameters)
  }

  private func carrying(_ adapters: [AdapterWeights]) throws -> Model {
    var adapted = PeftModel(self)
    for adapter in adapters { try adapted.add(adapter) }
    try adapted.setAdapters(adapters.map(\.name))
    return try adapted.model()
  }
}
