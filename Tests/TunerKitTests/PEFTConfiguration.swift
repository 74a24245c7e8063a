import TunerKit

/// The part of PEFT's configurations that decides about names, as the fixtures write it.
struct PEFTConfiguration: Decodable, Sendable {
  let selection: TargetSelection
  let rankPattern: [String: Int]
  let alphaPattern: [String: Double]
  let rank: Int
  /// The task type as written, which may be none that exists.
  let taskName: String?

  /// A string or a list of them; likewise for numbers.
  private enum OneOrMany<Element: Decodable>: Decodable {
    case one(Element)
    case many([Element])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let one = try? container.decode(Element.self) {
        self = .one(one)
      } else {
        self = .many(try container.decode([Element].self))
      }
    }
  }

  private enum CodingKeys: String, CodingKey {
    case targets = "target_modules"
    case exclude = "exclude_modules"
    case layers = "layers_to_transform"
    case pattern = "layers_pattern"
    case saved = "modules_to_save"
    case task = "task_type"
    case rankPattern = "rank_pattern"
    case alphaPattern = "alpha_pattern"
    case rank = "r"
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    var selection = TargetSelection()
    switch try fields.decodeIfPresent(OneOrMany<String>.self, forKey: .targets) {
    case .one(let text)?: selection.targetModules = TargetSelection.Targets(text)
    case .many(let names)?: selection.targetModules = .names(names)
    case nil: break
    }
    switch try fields.decodeIfPresent(OneOrMany<String>.self, forKey: .exclude) {
    case .one(let text)?: selection.excludeModules = .pattern(text)
    case .many(let names)?: selection.excludeModules = .names(names)
    case nil: break
    }
    switch try fields.decodeIfPresent(OneOrMany<Int>.self, forKey: .layers) {
    case .one(let layer)?: selection.layersToTransform = .one(layer)
    case .many(let layers)?: selection.layersToTransform = .many(layers)
    case nil: break
    }
    switch try fields.decodeIfPresent(OneOrMany<String>.self, forKey: .pattern) {
    case .one(let text)?: selection.layersPattern = text.isEmpty ? [] : [text]
    case .many(let texts)?: selection.layersPattern = texts
    case nil: break
    }
    selection.modulesToSave = try fields.decodeIfPresent([String].self, forKey: .saved) ?? []
    taskName = try fields.decodeIfPresent(String.self, forKey: .task)
    selection.taskType = taskName.flatMap(TaskType.init)
    self.selection = selection
    rankPattern = try fields.decodeIfPresent([String: Int].self, forKey: .rankPattern) ?? [:]
    alphaPattern =
      try fields.decodeIfPresent([String: Double].self, forKey: .alphaPattern) ?? [:]
    rank = try fields.decodeIfPresent(Int.self, forKey: .rank) ?? 8
  }
}
