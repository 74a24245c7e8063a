/// What every tuner's configuration has: where it applies, what else is trained, where it is from.
public struct AdapterOptions: Hashable, Sendable {
  /// Which modules are updated, which are left out, which are trained in full.
  public var targets = TargetSelection()
  /// Which of the base model's biases are trained as well.
  public var bias = BiasTraining.none
  /// Whether weights are stored `[in, out]`. Nil follows each layer, which is always right.
  public var fanInFanOut: Bool?
  /// `layer_replication`: the ranges of the model's layers that it gets new layers of; nil and empty
  /// leave it as it is. Only for tuners that declare the field.
  public var layerReplication: [Range<Int>]?
  /// The model the adapter was trained on.
  public var baseModelNameOrPath: String?
  /// The revision of that model.
  public var revision: String?
  /// The version that wrote the configuration.
  public var peftVersion: String?
  /// Whether the adapter is frozen when it is loaded.
  public var inferenceMode = false
  /// The base model's Python class, where there is no task type.
  public var autoMapping: ConfigurationValue = .null

  public init() {}

  /// What only some of PEFT's configurations have: a tuner whose configuration does not declare it leaves modules out all
  /// the same, and its adapters are saved with the names of those that are left.
  static let exclusionField = "exclude_modules"

  /// The fields of the file that hold these options.
  static let fields: [ConfigurationField<AdapterOptions>] = [
    ConfigurationField(
      "target_modules", \.targets.targetModules,
      "The modules to update: names, or a pattern, or all-linear."),
    ConfigurationField(
      exclusionField, \.targets.excludeModules, "Modules to leave out."),
    ConfigurationField(
      "layers_to_transform", \.targets.layersToTransform, "The layers to adapt, by index.",
      isBounded: false),
    ConfigurationField(
      "layers_pattern", \.targets.layersPatternList,
      "The name before a layer's index in a module's path."),
    ConfigurationField(
      "modules_to_save", \.targets.modulesToSaveList, "Modules to train and save in full."),
    ConfigurationField(
      "task_type", \.targets.taskType, "The task, which decides whether a head is trained."),
    ConfigurationField(
      "bias", \.bias, "Which biases are trained: none, all, or those of updated modules."),
    ConfigurationField(
      "fan_in_fan_out", \.fanInFanOut,
      "Whether weights are stored [in, out]; detected by default."),
    ConfigurationField(
      "base_model_name_or_path", \.baseModelNameOrPath, "The base model it was trained on."),
    ConfigurationField("revision", \.revision, "The base model's revision."),
    ConfigurationField("peft_version", \.peftVersion, "The PEFT that wrote the file."),
    ConfigurationField("inference_mode", \.inferenceMode, "Whether to freeze it when loaded."),
    ConfigurationField(
      "auto_mapping", \.autoMapping, "The base model's Python class.", isBounded: false),
  ]
}

/// Which of the base model's biases are trained with an adapter.
public enum BiasTraining: Hashable, Sendable {
  case none
  /// Every parameter whose name says bias.
  case all
  /// Those of updated modules. PEFT spells it with the tuner's name, and `_only` after it.
  case only(String)
}

extension BiasTraining: ConfigurationRepresentable {
  public static var expectation: String { "none, all, or a tuner's name with _only" }

  public init?(configurationValue value: ConfigurationValue) {
    switch value {
    case .text("none"): self = .none
    case .text("all"): self = .all
    case .text(let text) where text.hasSuffix("_only"): self = .only(text)
    default: return nil
    }
  }

  public var configurationValue: ConfigurationValue {
    switch self {
    case .none: .text("none")
    case .all: .text("all")
    case .only(let text): .text(text)
    }
  }
}

extension ConfigurationValue: ConfigurationRepresentable {
  public static var expectation: String { "any value" }
  public init?(configurationValue value: ConfigurationValue) { self = value }
  public var configurationValue: ConfigurationValue { self }
}
