import ModelGraph

/// The gate of a feed-forward layer.
enum TanhGELUGateStep: Step {
  static let name = "tanh_gelu_gate"
  static let summary = "gelu(gate) · value with gelu by tanh (GEGLU); reads the gate and the value."

  static func build(_ call: StepCall) throws -> [Value.ID] {
    try call.apply(TanhGELUGate(), to: call.inputs(2))
  }
}
