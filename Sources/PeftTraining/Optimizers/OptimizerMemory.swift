/// Memory for an optimizer's state. It belongs to one run: what changes it must not do so while another reads.
final class OptimizerMemory: @unchecked Sendable {
  /// One tensor of a parameter's state.
  struct StateTensor {
    /// PyTorch's name: `exp_avg`.
    let name: String
    let count: Int
    let values: UnsafeMutablePointer<Float>
  }

  /// The state of every parameter.
  let tensors: [[StateTensor]]
  private let start: UnsafeMutablePointer<Float>

  /// All zeros.
  init(_ state: [[(name: String, count: Int)]]) {
    let total = max(1, state.joined().reduce(0) { $0 + $1.count })
    start = .allocate(capacity: total)
    start.initialize(repeating: 0, count: total)
    var next = start
    tensors = state.map { state in
      state.map { name, count in
        defer { next += count }
        return StateTensor(name: name, count: count, values: next)
      }
    }
  }

  deinit { start.deallocate() }
}
