import ArgumentParser
import Peft

/// How examples are made of rows, in the words of a recipe.
struct ExampleFlags: ParsableArguments {
  @OptionGroup var whole: TextFlags

  @Option(
    help: ArgumentHelp(
      "Template of the prompt, which is masked from the loss.", valueName: "template"))
  var prompt: String?

  @Option(
    help: ArgumentHelp(
      "What counts for the loss of conversations and prompts.", valueName: "assistant|all"),
    transform: { try Self.known($0) })
  var trainOn: TrainOn?

  @Option(
    help: ArgumentHelp(
      "Chat template: a .jinja file, or the name of one of the tokenizer's.", valueName: "template")
  )
  var chatTemplate: String?

  @Option(
    help: ArgumentHelp("Day that chat templates write, such as 2026-11-30.", valueName: "date"),
    transform: { try Self.known($0) })
  var chatDate: ChatDate?

  @Option(
    help: ArgumentHelp(
      "Template of the target text, for encoder-decoder models.", valueName: "template"))
  var target: String?

  @Option(help: ArgumentHelp("The field that holds an example's label.", valueName: "field"))
  var label: String?

  @Flag(inversion: .prefixedNo, help: "Pack examples into full sequences, without padding.")
  var packed: Bool?

  func settings(for files: DataFiles) -> DataSettings {
    DataSettings(
      train: files, tokenizer: whole.tokenizer, text: whole.text, prompt: prompt, target: target,
      label: label, packed: packed ?? false, trainOn: trainOn ?? .assistant,
      chatTemplate: chatTemplate, chatDate: chatDate)
  }

  private static func known<Value: ConfigurationRepresentable>(_ text: String) throws -> Value {
    guard let value = Value(configurationValue: .text(text)) else {
      throw ValidationError("'\(text)' is not \(Value.expectation).")
    }
    return value
  }
}

/// `--problem-type`.
struct ProblemTypeOption: ParsableArguments {
  /// In the same words for recipes.
  static let help = ArgumentHelp(
    "single_label_classification, multi_label_classification or regression.", valueName: "type")

  @Option(
    name: .customLong("problem-type"), help: ProblemTypeOption.help,
    transform: { try Self.type($0) })
  var type: TrainingRecipe.ProblemType?

  private static func type(_ text: String) throws -> TrainingRecipe.ProblemType {
    guard let type = TrainingRecipe.ProblemType(rawValue: text) else {
      throw ValidationError(
        "'\(text)' is no problem type; choose \(TrainingRecipe.ProblemType.expectation).")
    }
    return type
  }
}

/// `--batch-size` where nothing is trained.
struct BatchSizeOption: ParsableArguments {
  @Option(
    name: .customLong("batch-size"),
    help: ArgumentHelp("Batch size: rows in one forward pass.", valueName: "rows"))
  var size = 8

  func validate() throws {
    guard size >= 1 else { throw ValidationError("--batch-size takes a number from 1 on.") }
  }
}

extension TaskModel.Source {
  init(
    _ model: ModelOptions, _ weights: WeightOptions, _ adapters: AdapterReadingOptions,
    precision: Precision
  ) throws {
    try self.init(
      model.model, setting: model.settings.settings.map { ($0.name, $0.value) },
      weights: weights.path, families: model.settings.known.families(),
      generation: adapters.bases.generation, isLenient: adapters.lenient,
      threads: weights.threadCount(), precision: precision)
  }
}
