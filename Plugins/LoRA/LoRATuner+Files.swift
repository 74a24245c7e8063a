public import TunerKit

extension LoRATuner {
  /// What the factors `A` and `B` of a site are called in an adapter's file, after the module's path.
  public static func factorNames(of site: Site) -> (a: String, b: String) {
    site.kind == .embedding
      ? ("lora_embedding_A", "lora_embedding_B") : ("lora_A.weight", "lora_B.weight")
  }

  /// The initial values of `A` and `B`, where those are subtracted from the weight. No file has them.
  public static let startNames = (a: "lora_A.start", b: "lora_B.start")

  /// The bias of `B`, with `lora_bias`.
  public static let biasName = "lora_B.bias"

  /// The rank of one site's update, and what `B A` is multiplied by there.
  ///
  /// A start that is taken from the weight has no more directions than the weight; the scale is that of the
  /// rank that was asked for, as in PEFT.
  public func rankAndScale(at site: Site) throws -> (rank: Int, scale: Double) {
    let r = try ranks.value(for: site.path) ?? configuration.r
    let alpha = try alphas.value(for: site.path) ?? configuration.loraAlpha
    let scale = alpha / (configuration.useRslora ? Double(r).squareRoot() : Double(r))
    guard configuration.initLoraWeights.changesBase, site.kind != .embedding else {
      return (r, scale)
    }
    return (min(r, site.outputs, site.inputs), scale)
  }
}
