import OrderedCollections
import PeftAdapters
import PeftReports
import TunerKit

extension TrainingRecipe {
  /// The name of a recipe's file in the folder of its run.
  public static let fileName = "recipe.yaml"

  /// The recipe as YAML with every field, which reads back as the same recipe.
  public var text: String {
    var yaml = YAMLText()
    for field in Self.modelFields { yaml.add(field.name, field.write(self), depth: 0) }
    switch start {
    case .tuner(let configuration):
      yaml.add("tuner", configuration.named, depth: 2)
    case .adapter(let path): yaml.add("adapter", .text(path), depth: 0)
    }
    yaml.add("data", DataSettings.section.values(of: data), depth: 1)
    for field in Self.lengthFields { yaml.add(field.name, field.write(self), depth: 0) }
    yaml.add("optimizer", optimizer.written, depth: 2)
    yaml.add("schedule", schedule.written, depth: 2)
    for field in Self.otherFields { yaml.add(field.name, field.write(self), depth: 0) }
    yaml.add(
      "early_stopping", earlyStopping.map(EarlyStopping.section.values) ?? .null, depth: 1)
    return yaml.text
  }
}

extension TunerConfiguration {
  /// All fields under the tuner's name.
  fileprivate var named: ConfigurationValue {
    .map([methodName: .map(values.filter { $0.key != "peft_type" })])
  }
}
