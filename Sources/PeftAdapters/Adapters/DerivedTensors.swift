import CPUCore
import ModelGraph
import PeftReports
package import PeftTensors
package import TunerKit

extension [String: Tensor] {
  /// Adds the tensors of one module that follow from its weight and that are not there yet. Without
  /// values of the weight there are none.
  /// - Parameter replaced: Parameters of the base that the adapter's file has: what a start takes out of a
  ///   weight is taken out of these already.
  mutating func addDerived(
    of update: SiteUpdate, in adapter: Adapter, graph: Graph, on base: Model,
    replaced: Set<String> = []
  ) throws {
    let missing = update.ownTensors.compactMap { tensor -> DerivedTensor? in
      guard case .derived(let derivation) = tensor.initial else { return nil }
      let name = tensor.parameterName(adapter: adapter.name)
      guard self[name] == nil else { return nil }
      return DerivedTensor(name: name, shape: tensor.shape, derivation: derivation)
    }
    let weight = graph.modules.ownParameters(of: update.site.path)["weight"]
    guard !missing.isEmpty, let tensor = weight.flatMap({ base.parameters[$0] }) else { return }
    let matrix = update.site.matrix(of: tensor)
    let hasStart = weight.map { !replaced.contains(graph[$0].name) } ?? true
    for item in missing where item.derivation != .rowLengths {
      guard hasStart else {
        self[item.name] = Tensor(shape: item.shape, type: .float32) { _ in }
        continue
      }
      self[item.name] = try matrix.derived(item.derivation).reshaped(item.shape)
    }
    // Norms are those of the weight with the update's other tensors in it.
    for item in missing where item.derivation == .rowLengths {
      guard let direction = update.update.direction else { continue }
      let rows = try base.value(of: direction, of: adapter, at: update.site, tensors: self)
      self[item.name] = rows.rowLengths.reshaped(item.shape)
    }
  }
}

private struct DerivedTensor {
  let name: String
  let shape: [Int]
  let derivation: WeightDerivation
}

extension Model {
  /// The value of an expression of one module's update.
  package func value(
    of expression: WeightUpdate, of adapter: Adapter, at site: Site, tensors: [String: Tensor]
  ) throws -> Tensor {
    let graph = try graph.computing(expression, of: adapter, at: site)
    return try rewritten(as: graph, with: Array(tensors)).output("value")
  }
}

extension Site {
  /// The module's weight as a matrix `[outputs, inputs]` of 32-bit floats.
  fileprivate func matrix(of weight: Tensor) -> Tensor {
    let floats = weight.floats()
    guard isStoredTransposed else { return Tensor(floats, shape: [outputs, inputs]) }
    return Tensor(shape: [outputs, inputs], type: .float32) { bytes in
      let entries = bytes.bindMemory(to: Float.self)
      for row in 0..<outputs {
        for column in 0..<inputs {
          entries[row * inputs + column] = floats[column * outputs + row]
        }
      }
    }
  }
}

extension Tensor {
  fileprivate func derived(_ derivation: WeightDerivation) throws(DecompositionError) -> Tensor {
    switch derivation {
    case .rowLengths: return rowLengths
    case .singular(let side, let rank, let scale):
      return try singular(side, rank: rank, scale: scale)
    case .orthonormal(let side, let rank):
      let factors = try LeadingQR(of: self, rank: rank)
      return side == .left ? factors.q : factors.r
    }
  }

  /// The Euclidean norms of a matrix's rows.
  fileprivate var rowLengths: Tensor {
    let (rows, columns) = (shape[0], shape[1])
    let floats = floats()
    let lengths = (0..<rows).map { row in
      floats[row * columns..<(row + 1) * columns]
        .reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    return Tensor(lengths.map { Float($0) }, shape: [rows])
  }

  /// Singular vectors times `√(σ / scale)`.
  private func singular(
    _ side: WeightDerivation.Side, rank: Int, scale: Double
  ) throws(DecompositionError) -> Tensor {
    let parts = try TruncatedSVD(of: self, rank: .exactly(rank))
    let factors = parts.values.map { Float(($0 / scale).squareRoot()) }
    let vectors = side == .left ? parts.left : parts.right
    let entries = vectors.floats().enumerated().map { index, entry in
      entry * factors[side == .left ? index % rank : index / vectors.shape[1]]
    }
    return Tensor(entries, shape: vectors.shape)
  }
}
