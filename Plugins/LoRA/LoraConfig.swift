public import OrderedCollections
public import TunerKit

/// The configuration of LoRA: PEFT's `LoraConfig`, field by field.
public struct LoraConfig: TunerConfiguration {
  public typealias Method = LoRATuner

  /// The rank: columns of `B`, rows of `A`.
  public var r = 8
  /// The scale is `loraAlpha / r`.
  public var loraAlpha = 8.0
  /// The dropout rate on the update's input, in training.
  public var loraDropout = 0.0
  /// Whether the scale is `loraAlpha / √r` instead (arXiv:2312.03732).
  public var useRslora = false
  /// Ranks of single modules, by patterns for the ends of their paths.
  public var rankPattern: OrderedDictionary<String, Int> = [:]
  /// Alphas of single modules, by patterns for the ends of their paths.
  public var alphaPattern: OrderedDictionary<String, Double> = [:]
  /// How `A` and `B` are initialised.
  public var initLoraWeights = LoraInitialization.kaimingUniform
  /// Settings of starts that take `A` and `B` from data, by the names of their fields. They count only
  /// where such an adapter is made, and are kept for the file.
  public var initializationSettings = LoraInitialization.Settings()
  /// Whether the norms of the weight's rows are trained (DoRA, arXiv:2402.09353).
  public var useDora = false
  /// Whether `B` has a bias, which is scaled as well.
  public var loraBias = false
  public var options = AdapterOptions()

  public init() {}

  /// - Parameters:
  ///   - r: The rank.
  ///   - targetModules: Modules to update; nil for the model family's defaults.
  ///   - fanInFanOut: Nil follows each layer, which is always right.
  ///   - layerReplication: The layers that the model gets in place of its own.
  public init(
    r: Int = 8, targetModules: TargetSelection.Targets? = nil,
    excludeModules: TargetSelection.ModuleFilter? = nil, loraAlpha: Double = 8,
    loraDropout: Double = 0, fanInFanOut: Bool? = nil, bias: BiasTraining = .none,
    useRslora: Bool = false, modulesToSave: [String] = [],
    layersToTransform: TargetSelection.Layers? = nil, layersPattern: [String]? = nil,
    rankPattern: OrderedDictionary<String, Int> = [:],
    alphaPattern: OrderedDictionary<String, Double> = [:], taskType: TaskType? = nil,
    initLoraWeights: LoraInitialization = .kaimingUniform, useDora: Bool = false,
    loraBias: Bool = false, layerReplication: [Range<Int>]? = nil
  ) {
    self.r = r
    self.loraAlpha = loraAlpha
    self.loraDropout = loraDropout
    self.useRslora = useRslora
    self.rankPattern = rankPattern
    self.alphaPattern = alphaPattern
    self.initLoraWeights = initLoraWeights
    self.useDora = useDora
    self.loraBias = loraBias
    options.targets = TargetSelection(
      targetModules: targetModules, excludeModules: excludeModules,
      layersToTransform: layersToTransform, layersPattern: layersPattern,
      modulesToSave: modulesToSave, taskType: taskType)
    options.bias = bias
    options.fanInFanOut = fanInFanOut
    options.layerReplication = layerReplication
  }

  public static let rankSetting = RankSetting<LoraConfig>("r", \.r)

  /// The scale stays as it is: `loraAlpha / r`, or with rslora `loraAlpha / √r`.
  public static let scaleSetting = ScaleSetting<LoraConfig>(
    "lora_alpha", \.loraAlpha
  ) { configuration, rank in
    let ratio = Double(rank) / Double(configuration.r)
    return configuration.loraAlpha * (configuration.useRslora ? ratio.squareRoot() : ratio)
  }

  public static let ownFields: [ConfigurationField<LoraConfig>] = [
    ConfigurationField("r", \.r, "Rank.", rule: .atLeast(1)),
    ConfigurationField("lora_alpha", \.loraAlpha, "The scale is lora_alpha / r.", rule: .finite),
    ConfigurationField(
      "lora_dropout", \.loraDropout, "Dropout rate on the update's input.", rule: .probability),
    ConfigurationField("use_rslora", \.useRslora, "Whether the scale is lora_alpha / √r."),
    ConfigurationField(
      "rank_pattern", \.rankPattern, "Ranks of single modules, by name pattern.",
      rule: .each(.atLeast(1)), hasPatterns: true),
    ConfigurationField(
      "alpha_pattern", \.alphaPattern, "Alphas of single modules, by name pattern.",
      rule: .each(.finite), hasPatterns: true),
    ConfigurationField(
      "exclude_modules", \.options.targets.excludeModules, "Modules to leave out."),
    ConfigurationField("init_lora_weights", \.initLoraWeights, "How A and B are initialised."),
    ConfigurationField("use_dora", \.useDora, "DoRA: trains the norms of the weight's rows."),
    ConfigurationField("lora_bias", \.loraBias, "Whether B has a bias."),
    ConfigurationField(
      "layer_replication", \.options.layerReplication,
      "Ranges of layers, such as [[0, 4], [2, 5]]: the model gets these in place of its own.",
      isBounded: false),
    .unsupported("target_parameters", neutral: .null, "Parameters outside of modules."),
    .unsupported("trainable_token_indices", neutral: .null, "Single rows of an embedding."),
    .unsupported("ensure_weight_tying", neutral: .bool(false), "Adapts tied weights alike."),
    .unsupported("megatron_config", neutral: .null, "Megatron's parallel layers."),
    .withoutEffect("megatron_core", usual: .text("megatron.core"), "Megatron's module."),
    ConfigurationField(
      "loftq_config", \.initializationSettings.loftq, "Settings of LoftQ initialisation.",
      isBounded: false),
    ConfigurationField(
      "eva_config", \.initializationSettings.eva, "Settings of EVA initialisation.",
      isBounded: false),
    ConfigurationField(
      "corda_config", \.initializationSettings.corda, "Settings of CorDA initialisation.",
      isBounded: false),
    ConfigurationField(
      "lora_ga_config", \.initializationSettings.loraGA, "Settings of LoRA-GA initialisation.",
      isBounded: false),
    .unsupported("arrow_config", neutral: .null, "Routing between adapters."),
    .unsupported("kasa_config", neutral: .null, "Singular-value adaptation."),
    .unsupported("monteclora_config", neutral: .null, "Monte-Carlo adaptation."),
    .unsupported("velora_config", neutral: .null, "Compressed activations."),
    .unsupported("alora_invocation_tokens", neutral: .null, "Activated adaptation."),
    .unsupported("use_qalora", neutral: .bool(false), "Quantization-aware adaptation."),
    .withoutEffect("qalora_group_size", usual: .integer(16), "Its group size."),
    .unsupported("use_bdlora", neutral: .null, "Block-diagonal adaptation."),
  ]

  public var loadedWarnings: [String] {
    switch initLoraWeights {
    case .pissa(.some):
      ["PiSSA's initialisation is computed exactly: the number of iterations is ignored"]
    case .data(let start) where start.changesBase:
      [
        "the adapter began with \(start.rawValue), which changes the weights of the base model: it is "
          + "right only on the base as it was saved after that"
      ]
    case .data(.mica):
      [
        "the adapter began with mica, and PEFT trains its A alone: training it further here trains both"
      ]
    case .kaimingUniform, .gaussian, .random, .pissa, .olora, .orthogonal, .data: []
    }
  }

  public func validate() throws {
    try options.targets.checkLayerSettings()
    if options.layerReplication?.isEmpty == false, initLoraWeights.changesBase {
      throw ConfigurationError.contradiction(
        fields: ["layer_replication", "init_lora_weights"],
        problem: "layer_replication does not go with init_lora_weights: "
          + "\(initLoraWeights.configurationValue), which PEFT takes from one shared weight several times",
        fix: "choose another start, or leave out layer_replication")
    }
    guard loraBias else { return }
    guard !useDora else {
      throw ConfigurationError.contradiction(
        fields: ["lora_bias", "use_dora"], problem: "lora_bias does not go with use_dora",
        fix: "set one of them to false")
    }
    guard [.kaimingUniform, .random].contains(initLoraWeights) else {
      throw ConfigurationError.contradiction(
        fields: ["lora_bias", "init_lora_weights"],
        problem: "lora_bias does not go with init_lora_weights: "
          + "\(initLoraWeights.configurationValue)",
        fix: "leave init_lora_weights at true or false")
    }
  }
}
