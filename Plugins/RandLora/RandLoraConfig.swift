public import TunerKit

/// The configuration of RandLora: PEFT's `RandLoraConfig`, field by field.
public struct RandLoraConfig: TunerConfiguration {
  public typealias Method = RandLoraTuner

  /// The rank of one basis. A lower one means more bases, and so more trainable parameters.
  public var r = 32
  /// The scale is `randloraAlpha / r`. The rank to 20 times the rank are usual; each has a learning rate of its own.
  public var randloraAlpha = 640.0
  /// The dropout rate on the update's input, in training.
  public var randloraDropout = 0.0
  /// PRNG key that the bases are drawn from.
  public var projectionPrngKey = 0
  /// Whether the bases are saved with the adapter; otherwise they are drawn again from the key.
  public var saveProjection = true
  /// Whether bases hold only −1, 0 and 1, two thirds of them zero.
  public var sparse = false
  /// Whether bases hold only −1, 0 and 1, nearly all of them zero.
  public var verySparse = false
  /// Whether λ starts at zero, so that a fresh adapter changes nothing; otherwise it is random.
  public var initWeights = true
  public var options = AdapterOptions()

  public init() {}

  /// - Parameters:
  ///   - r: The rank of one basis; lower means more trainable parameters.
  ///   - targetModules: Modules to update; nil for the model family's defaults.
  ///   - randloraAlpha: 640 as in PEFT, which is 20 · r for the default r; r to 20 · r are usual.
  ///   - fanInFanOut: Nil follows each layer, which is always right.
  public init(
    r: Int = 32, targetModules: TargetSelection.Targets? = nil, projectionPrngKey: Int = 0,
    saveProjection: Bool = true, sparse: Bool = false, verySparse: Bool = false,
    randloraDropout: Double = 0, fanInFanOut: Bool? = nil, randloraAlpha: Double = 640,
    bias: BiasTraining = .none, modulesToSave: [String] = [], initWeights: Bool = true,
    layersToTransform: TargetSelection.Layers? = nil, layersPattern: [String]? = nil,
    taskType: TaskType? = nil
  ) {
    self.r = r
    self.randloraAlpha = randloraAlpha
    self.randloraDropout = randloraDropout
    self.projectionPrngKey = projectionPrngKey
    self.saveProjection = saveProjection
    self.sparse = sparse
    self.verySparse = verySparse
    self.initWeights = initWeights
    options.targets = TargetSelection(
      targetModules: targetModules, layersToTransform: layersToTransform,
      layersPattern: layersPattern, modulesToSave: modulesToSave, taskType: taskType)
    options.bias = bias
    options.fanInFanOut = fanInFanOut
  }

  public static let rankSetting = RankSetting<RandLoraConfig>("r", \.r)

  /// The scale stays as it is: `randloraAlpha / r`.
  public static let scaleSetting = ScaleSetting<RandLoraConfig>(
    "randlora_alpha", \.randloraAlpha
  ) { $0.randloraAlpha * Double($1) / Double($0.r) }

  public static let basisSettings = BasisSettings(
    key: "projection_prng_key", isSaved: "save_projection")

  var scale: Double { randloraAlpha / Double(r) }

  public static let ownFields: [ConfigurationField<RandLoraConfig>] = [
    ConfigurationField(
      "r", \.r, "Rank of one basis; lower means more trainable parameters.", rule: .atLeast(1)),
    ConfigurationField(
      "randlora_alpha", \.randloraAlpha, "The scale is randlora_alpha / r.",
      rule: .finite),
    ConfigurationField(
      "randlora_dropout", \.randloraDropout, "Dropout rate on the update's input.",
      rule: .probability),
    ConfigurationField(
      "projection_prng_key", \.projectionPrngKey, "PRNG key that the bases are drawn from.",
      isBounded: false),
    ConfigurationField(
      "save_projection", \.saveProjection, "Whether the bases are saved with the adapter."),
    ConfigurationField("sparse", \.sparse, "Bases of −1, 0 and 1, two thirds of them zero."),
    ConfigurationField(
      "very_sparse", \.verySparse, "Bases of −1, 0 and 1, nearly all of them zero."),
    ConfigurationField(
      "init_weights", \.initWeights, "Whether λ starts at zero: a fresh adapter changes nothing."),
  ]

  var warnings: [String] {
    var warnings: [String] = []
    if !saveProjection {
      warnings.append(
        "save_projection is false: the bases are drawn again from key \(projectionPrngKey), from "
          + "which torch up to 2.11 draws others than torch from 2.12 on")
    }
    // Between r and 20 · r, each at its own best learning rate, results do not differ.
    let rank = Double(r)
    if randloraAlpha < rank / 2 || randloraAlpha > 40 * rank {
      warnings.append(
        "randlora_alpha is \(randloraAlpha.formatted), and usual are \(rank.formatted) to "
          + "\((20 * rank).formatted): r to 20 · r")
    }
    return warnings
  }
}

extension Double {
  fileprivate var formatted: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
}
