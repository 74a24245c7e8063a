import CPUCore
public import ModelGraph
import PeftBasics
public import PeftTensors

extension Graph {
  /// Inputs to compare two models on: random tokens of the vocabulary, random values elsewhere;
  /// optional inputs are left out.
  /// - Parameters:
  ///   - rows: The size of the batch.
  ///   - length: All other sizes that the model leaves open, where it has as many positions.
  ///   - seed: The same one gives the same inputs.
  /// - Throws: `RunError` where there is too little memory for inputs as large as the model says.
  public func probeInputs(
    rows: Int = 2, length: Int = 16, seed: Int = 0
  ) throws -> [String: Tensor] {
    var generator = TorchGenerator(seed: seed)
    let length = min(length, positionCount ?? length)
    var tensors: [String: Tensor] = [:]
    for input in inputs where !input.isOptional {
      let type = self[input.value].type
      let shape = type.shape.dimensions.enumerated().map { axis, dimension in
        dimension.size ?? (axis == 0 ? rows : length)
      }
      let count = try shape.checkedProduct()
      try MachineMemory.check([count, MemoryLayout<Int>.stride].checkedProduct())
      switch type.element {
      case .index:
        let limit = UInt32(clamping: entries(readBy: input.value))
        tensors[input.name] = Tensor(
          (0..<count).map { _ in Int(generator.word() % max(1, limit)) }, shape: shape)
      case .mask: tensors[input.name] = Tensor([Int](repeating: 1, count: count), shape: shape)
      default: tensors[input.name] = generator.normal(shape, deviation: 1)
      }
    }
    return tensors
  }

  /// How long a row may be where positions have a table; nil where none has.
  private var positionCount: Int? {
    let counts = nodes.compactMap { node -> Int? in
      guard node.operation is Embedding, let indices = node.operands.first,
        case .node(let index, _) = self[indices].source,
        let positions = nodes[index].operation as? Positions,
        let rows = self[node.operands[1]].type.shape.dimensions.first?.size
      else { return nil }
      return rows - max(positions.offset, positions.padding.map { $0 + 1 } ?? 0)
    }
    return counts.min().map { max(1, $0) }
  }

  /// Rows of the smallest table that is looked up with a value.
  private func entries(readBy value: Value.ID) -> Int {
    nodes.filter { $0.operation is Embedding && $0.operands.first == value }
      .compactMap { self[$0.operands[1]].type.shape.dimensions.first?.size }.min() ?? 2
  }
}

/// How far two models' outputs are from each other.
public struct OutputDifference: Hashable, Sendable {
  /// The largest difference of two entries.
  public private(set) var largest = 0.0
  /// The mean difference of all entries.
  public private(set) var mean = 0.0
  /// The largest entry, to compare with.
  public private(set) var scale = 0.0
  /// Entries that are inf or NaN in both, the same in both.
  public private(set) var notFinite = 0
  /// Entries that were compared.
  public private(set) var count = 0
  /// Whether entries are inf or NaN that should be numbers.
  public private(set) var overflows = false

  /// The largest difference over the largest entry, or over 1 where that is larger.
  public var relative: Double { largest / max(1, scale) }

  /// - Parameter expected: Outputs by name, of the same shapes.
  public init(_ found: [String: Tensor], _ expected: [String: Tensor]) {
    var sum = 0.0
    for (name, tensor) in expected {
      guard let other = found[name], other.shape == tensor.shape else {
        (largest, mean) = (.infinity, .infinity)
        return
      }
      for (a, b) in zip(other.floats(), tensor.floats()) {
        if !b.isFinite, a == b || a.isNaN && b.isNaN {
          notFinite += 1
          continue
        }
        if !a.isFinite, b.isFinite { overflows = true }
        let difference = abs(Double(a) - Double(b))
        largest = difference.isNaN ? .infinity : max(largest, difference)
        scale = max(scale, abs(Double(b)))
        sum += difference
        count += 1
      }
    }
    mean = count == 0 ? 0 : sum / Double(count)
  }
}
