extension Graph {
  /// Whether it has modules and parameters alone, and computes nothing: what is known of a model from
  /// the names and shapes of its weights.
  public var isOutline: Bool { inputs.isEmpty && outputs.isEmpty }
}
