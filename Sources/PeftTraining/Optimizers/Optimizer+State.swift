public import PeftBasics
public import PeftTensors

extension Optimizer {
  /// Copies of the optimizer's state, by tensor and parameter: `exp_avg.NAME`.
  public var state: [String: Tensor] { liveState.mapValues(\.copy) }

  /// The optimizer's state itself, to be read before the next step changes it.
  var liveState: [String: Tensor] {
    var state: [String: Tensor] = [:]
    for (parameter, tensors) in zip(parameters, memory.tensors) {
      for tensor in tensors {
        state["\(tensor.name).\(parameter.name)"] = Tensor(
          over: UnsafeRawBufferPointer(start: tensor.values, count: 4 * tensor.count),
          shape: [tensor.count], type: .float32, owner: memory)
      }
    }
    return state
  }

  /// Restores a state: the next step is what it would have been there.
  /// - Throws: Before anything has changed, where a tensor is missing or is not what it should be.
  ///   Tensors that the optimizer does not need are not looked at.
  public func restore(
    _ state: [String: Tensor], stepCount: Int
  ) throws(OptimizerStateError) {
    guard stepCount >= 0 else { throw OptimizerStateError(.negativeStepCount(stepCount)) }
    var rows: [(from: Tensor, to: OptimizerMemory.StateTensor)] = []
    for (parameter, tensors) in zip(parameters, memory.tensors) {
      for kept in tensors {
        let key = "\(kept.name).\(parameter.name)"
        guard let tensor = state[key] else { throw OptimizerStateError(.missing(key)) }
        guard tensor.type == .float32, tensor.shape == [kept.count] else {
          throw OptimizerStateError(
            .unlike(
              key, found: "\(tensor.type) \(tensor.shape)",
              expected: "\(NumberType.float32) [\(kept.count)]"))
        }
        rows.append((tensor, kept))
      }
    }
    for row in rows {
      row.from.withUnsafeBytes { bytes in
        UnsafeMutableRawBufferPointer(start: row.to.values, count: bytes.count)
          .copyMemory(from: bytes)
      }
    }
    self.stepCount = stepCount
  }
}

/// Why an optimizer cannot restore a state.
public struct OptimizerStateError: Diagnosis, Hashable {
  public enum Reason: Hashable, Sendable {
    case missing(String)
    case unlike(String, found: String, expected: String)
    case negativeStepCount(Int)
  }

  public let reason: Reason

  init(_ reason: Reason) { self.reason = reason }

  public var words: (problem: String, fix: String?) {
    switch reason {
    case .missing(let name):
      (
        "the optimizer's state has no \(name)",
        "go on with the optimizer and the trained parameters of the run that wrote it"
      )
    case .unlike(let name, let found, let expected):
      (
        "the optimizer's \(name) is \(found), not \(expected)",
        "go on with the trained parameters of the run that wrote it"
      )
    case .negativeStepCount(let count):
      ("the optimizer's state says \(count) steps", "give the number of steps made")
    }
  }
}
