/// Adapters of other programs, whose configuration is called as PEFT's is.
public enum OtherAdapterFormat: Hashable, Sendable, CaseIterable {
  case mlx
  case adapterHub

  /// - Parameter fields: Those of a configuration that names no tuner.
  package init?(fields: some Sequence<String>) {
    let fields = Set(fields)
    guard let format = Self.allCases.first(where: { !fields.isDisjoint(with: $0.ownFields) }) else {
      return nil
    }
    self = format
  }

  /// Fields that only this program writes.
  private var ownFields: Set<String> {
    switch self {
    case .mlx: ["fine_tune_type", "lora_parameters", "lora_layers"]
    case .adapterHub: ["config_id", "model_class"]
    }
  }

  var program: String {
    switch self {
    case .mlx: "mlx-lm"
    case .adapterHub: "the adapters library"
    }
  }

  var fix: String {
    switch self {
    case .mlx:
      "convert it to PEFT's format (lora_a and lora_b transposed to lora_A and lora_B, lora_alpha = scale · "
        + "rank), or merge it with mlx_lm.fuse and give the model that this writes"
    case .adapterHub:
      "merge it with the adapters library (merge_adapter) and give the model that this saves, or train it "
        + "again with PEFT"
    }
  }
}
