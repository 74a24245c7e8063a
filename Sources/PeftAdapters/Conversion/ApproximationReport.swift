/// How far the updates of a new LoRA adapter are from those it stands for, module by module.
public struct ApproximationReport: Hashable, Sendable {
  /// One module's update.
  public struct Module: Hashable, Sendable {
    public let path: String
    public let outputs: Int
    public let inputs: Int
    public let rank: Int
    /// `‖ΔW‖`, the Frobenius norm of the update that is approximated.
    public let norm: Double
    /// `‖ΔW − B A‖`, by which the new one differs.
    public let errorNorm: Double

    /// `‖ΔW − B A‖ / ‖ΔW‖`; 0 where both are.
    public var relativeError: Double { errorNorm == 0 ? 0 : errorNorm / norm }
  }

  public let modules: [Module]
  /// What the user should know.
  public let warnings: [String]

  /// That of all modules as one: the root of all squared errors over the root of all squared norms.
  public var relativeError: Double {
    let error = modules.reduce(0) { $0 + $1.errorNorm * $1.errorNorm }
    let norm = modules.reduce(0) { $0 + $1.norm * $1.norm }
    return error == 0 ? 0 : (error / norm).squareRoot()
  }
}
