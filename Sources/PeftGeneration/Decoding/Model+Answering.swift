public import CPUCore
import ModelGraph
public import PeftAdapters
import PeftBasics
import TunerKit

extension Model {
  /// This model with adapters, ready to answer: summed into the weights, so that they cost no time, or beside them
  /// where there is no memory for the sums, which is a warning then.
  ///
  /// Sums are made in 32 bits and rounded once to the type that the weights are stored in, as merging does.
  /// - Parameter memory: Bytes that model and sums may take.
  /// - Throws: `MergeError` where a sum is not finite; `AdapterError` where the adapters do not fit.
  public func answering(
    with adapters: [AdapterWeights], memory: Int = MachineMemory.byteCount
  ) throws -> Model {
    guard !adapters.isEmpty else { return self }
    guard hasRoom(forSumsWith: adapters, in: memory) else {
      let sums = sumByteCount(with: adapters)
      let warning =
        "there is no memory for the sums of weights and adapters, \(sums.asBytes): adapters are applied beside "
        + "the weights, more slowly"
      return try carrying(adapters).changed(warnings: [warning])
    }
    do { return try merged(with: adapters).keepingHalves(of: adapters) } catch is AdapterError {
      // A bias for a layer that has none can be added, and not be merged.
      return try carrying(adapters)
    }
  }

  /// Bytes of the weights that adapters change, as they lie in memory when they are summed.
  func sumByteCount(with adapters: [AdapterWeights]) -> Int {
    graph.summedParameters(by: adapters.map(\.adapter)).reduce(0) {
      $0 + graph[$1].count * graph[$1].sumEntryByteCount(precision)
    }
  }

  /// Whether there is memory for the weights that adapters change beside the model's own.
  /// - Parameter memory: Bytes for both.
  func hasRoom(forSumsWith adapters: [AdapterWeights], in memory: Int) -> Bool {
    let own = graph.parameters.reduce(0) { $0 + $1.storedByteCount }
    let sums = sumByteCount(with: adapters)
    return own + sums <= memory && (try? MachineMemory.check(sums)) != nil
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

extension Graph {
  /// The weights that are other ones once adapters are summed into them.
  func summedParameters(by adapters: [Adapter]) -> Set<Parameter.ID> {
    Set(
      adapters.flatMap(\.updates).compactMap { parameter(calledByModule: "\($0.site.path).weight") }
    )
  }
}

extension Parameter {
  /// Bytes of an entry of its sum with an adapter's update.
  func sumEntryByteCount(_ precision: Precision) -> Int {
    (precision == .bf16 ? .bfloat16 : element).byteCount
  }
}
