/// How large the LoRA is that stands for another adapter.
public enum LoRASize: Hashable, Sendable {
  /// One rank for every module. Where a module is narrower, the rest is zeros.
  case rank(Int)
  /// For each module as small a rank as keeps a share of `‖ΔW‖²`; above 0, up to 1.
  case share(Double)
}
