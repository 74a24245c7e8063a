import Peft
import PeftTestSupport

/// The updates of an adapter in numbers, by the paths of their modules.
struct RecordedUpdates {
  let matrices: [String: [Float]]

  init(_ matrices: [String: [Float]]) { self.matrices = matrices }

  init(_ weights: AdapterWeights, on base: Model) throws {
    let updates = try UpdateMatrices(weights, on: base)
    matrices = Dictionary(
      uniqueKeysWithValues: try weights.adapter.updates.map {
        ($0.site.path, try updates.weight($0).floats())
      })
  }

  /// The largest relative Frobenius distance of any module; infinite where modules differ.
  func distance(from other: RecordedUpdates) -> Double {
    guard !matrices.isEmpty, Set(matrices.keys) == Set(other.matrices.keys) else {
      return .infinity
    }
    return largest(
      matrices.map { path, matrix in Self.distance(matrix, other.matrices[path] ?? []) })
  }

  static func distance(_ found: [Float], _ expected: [Float]) -> Double {
    guard found.count == expected.count else { return .infinity }
    func length(_ entries: some Sequence<Double>) -> Double {
      entries.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    let difference = length(zip(found, expected).map { Double($0) - Double($1) })
    let norm = length(expected.map { Double($0) })
    return difference == 0 ? 0 : difference / norm
  }
}

extension RecordedAdapter {
  var configuration: any TunerConfiguration {
    get throws { try AdapterFolder(path).configuration }
  }

  /// LoRA without the lengths of DoRA: its updates are products of two factors.
  var isProduct: Bool {
    get throws { try (configuration as? LoraConfig).map { !$0.useDora } ?? false }
  }
}
