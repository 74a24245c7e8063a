import CKernels

/// The norm of all gradients together, and gradient clipping.
public enum GradientNorm {
  /// The Euclidean norm of all entries, the same bits on every machine.
  public static func total(_ gradients: [UnsafeBufferPointer<Float>]) -> Double {
    total(gradients, on: runInTurn)
  }

  /// The same bits, however the tasks are run: one for each gradient.
  package static func total(
    _ gradients: [UnsafeBufferPointer<Float>], on run: TaskRunner
  ) -> Double {
    var squares = [Double](repeating: 0, count: gradients.count)
    squares.withUnsafeMutableBufferPointer { squares in
      run(gradients.count) { task in
        guard let start = gradients[task].baseAddress else { return }
        ck_square_sum(gradients[task].count, start, &squares[task])
      }
    }
    return squares.reduce(0, +).squareRoot()
  }

  /// What gradients of that norm are multiplied by so that their norm is at most `maximum`.
  ///
  /// `maximum / (norm + 1e-6)`, at most 1, as `torch.nn.utils.clip_grad_norm_` has it; NaN
  /// where the norm is NaN.
  public static func clipFactor(norm: Double, maximum: Double) -> Float {
    let factor = maximum / (norm + 1e-6)
    return factor > 1 ? 1 : Float(factor)
  }
}
