import CKernels

/// The norm of all gradients together, and gradient clipping.
public enum GradientNorm {
  /// The Euclidean norm of all entries, the same bits on every machine.
  public static func total(_ gradients: [UnsafeBufferPointer<Float>]) -> Double {
    var sum = 0.0
    for gradient in gradients {
      guard let start = gradient.baseAddress else { continue }
      var squares = 0.0
      ck_square_sum(gradient.count, start, &squares)
      sum += squares
    }
    return sum.squareRoot()
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
