public enum FuzzTargets {
  public static let all: [FuzzTarget] = single + FuzzTarget.rows

  private static let single: [FuzzTarget] = [
    .description, .configuration, .printedModel, .tensorOutline, .adapterConfiguration,
    .tunerArgument, .budget, .pattern, .recipe,
    .safetensors, .numPy, .checkpointIndex, .adapterFolder, .tokenizer, .encoding, .template,
    .chatTemplate, .sentenceSettings,
  ]

  public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}
