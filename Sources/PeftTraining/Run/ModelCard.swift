import OrderedCollections
import PeftAdapters
import PeftBasics
import TunerKit

/// The `README.md` of a trained adapter: a model card with the metadata that PEFT writes, and what the run
/// measured.
///
/// A base model is named only by what can be its name on the Hugging Face Hub, `owner/name`: paths stay on
/// the machine where they mean something.
/// - SeeAlso: `peft/peft_model.py`, `create_or_update_model_card`.
struct ModelCard {
  /// On the Hub; nil where it is not known to be there.
  let baseModel: String?
  let configuration: any TunerConfiguration
  /// Whether the base model is one of transformers'.
  let isOfTransformers: Bool
  /// Outputs for each row, where the model has some.
  let labelCount: Int?
  /// What the run was, and what it measured: rows of a name and a value.
  let figures: [(name: String, value: String)]

  /// - Parameters:
  ///   - adapter: As it is written.
  ///   - place: What the run calls its model, a path or a bundled name: none of the Hub's.
  init(
    of adapter: Adapter, on place: String, isOfTransformers: Bool, labelCount: Int?,
    figures: [(name: String, value: String)]
  ) {
    configuration = adapter.configuration
    baseModel = configuration.options.baseModelNameOrPath.flatMap { name in
      name != place && name.isHubName && !FileWriter.isThere(name) ? name : nil
    }
    (self.isOfTransformers, self.labelCount) = (isOfTransformers, labelCount)
    self.figures = figures
  }

  var text: String {
    let name = "`\(tuner.forMarkdown)` adapter"
    let title =
      baseModel.map { "\(name) for [\($0)](https://huggingface.co/\($0))" }
      ?? "\(name). Its base model has no name on the Hugging Face Hub that is known here; "
      + "`adapter_config.json` says where it was when the adapter was trained"
    return """
      ---
      \(metadata)---

      # \(baseModel?.split(separator: "/").last.map { "\($0): " } ?? "")\(tuner.forMarkdown) adapter

      A \(title).

      ```yaml
      \(settings)```

      ## Training

      | | |
      |---|---|
      \(figures.map { "| \($0) | \($1.forMarkdown) |" }.joined(separator: "\n"))

      ## Use

      \(usage)

      ### Framework versions

      - PEFT \(AdapterWeights.peftVersion) (the format of the adapter's files)
      - swift-peft \(Release.version)

      """
  }

  private var tuner: String { configuration.tunerName.lowercased() }
  private var task: TaskType? { configuration.options.targets.taskType }

  /// The front matter, which the Hub reads.
  private var metadata: String {
    var yaml = YAMLText()
    if let baseModel { yaml.add("base_model", .text(baseModel), depth: 0) }
    yaml.add("library_name", .text("peft"), depth: 0)
    if task == .causalLanguageModel { yaml.add("pipeline_tag", .text("text-generation"), depth: 0) }
    let tags =
      (baseModel.map { ["base_model:adapter:\($0)"] } ?? []) + [tuner]
      + (isOfTransformers ? ["transformers"] : [])
    yaml.add("tags", .list(tags.sorted().map(ConfigurationValue.text)), depth: 0)
    return yaml.text
  }

  /// The configuration, without what is off and what is not the tuner's.
  private var settings: String {
    let hidden = [
      "peft_type", "base_model_name_or_path", "revision", "peft_version", "inference_mode",
      "auto_mapping", configuration.basisSettings.isSaved,
    ]
    let off: [ConfigurationValue] = [.null, .bool(false), .list([]), .map([:])]
    let shown = configuration.values.filter { !hidden.contains($0.key) && !off.contains($0.value) }
    var yaml = YAMLText()
    yaml.add(tuner, .map(shown), depth: 1)
    return yaml.text
  }

  private var usage: String {
    guard task != nil || configuration.options.autoMapping != .null else {
      return """
        Load the base model, then the adapter:

        ```python
        from peft import PeftModel

        model = PeftModel.from_pretrained(base_model, "path/to/this/folder")
        ```
        """
    }
    let name = task?.autoClass ?? "AutoPeftModel"
    let labels =
      task == .sequenceClassification ? labelCount.map { ", num_labels=\($0)" } ?? "" : ""
    return """
      `\(name)` loads the base model from where `adapter_config.json` says, and the adapter:

      ```python
      from peft import \(name)

      model = \(name).from_pretrained("path/to/this/folder"\(labels))
      ```
      """
  }
}

extension TaskType {
  /// PEFT's class that loads a base model with an adapter for the task.
  fileprivate var autoClass: String {
    let task =
      switch self {
      case .sequenceClassification: "SequenceClassification"
      case .sequenceToSequence: "Seq2SeqLM"
      case .causalLanguageModel: "CausalLM"
      case .tokenClassification: "TokenClassification"
      case .questionAnswering: "QuestionAnswering"
      case .featureExtraction: "FeatureExtraction"
      }
    return "AutoPeftModelFor\(task)"
  }
}

extension TunerConfiguration {
  fileprivate var tunerName: String { Method.name }
}

extension String {
  /// Whether it is written as a model's name on the Hub, with its owner.
  /// - SeeAlso: `huggingface_hub/utils/_validators.py`, `validate_repo_id`.
  var isHubName: Bool {
    let parts = split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2 && utf8.count <= 96 && !contains("--") && !contains("..")
      && !hasSuffix(".git")
      && parts.allSatisfy { part in
        !part.isEmpty && !part.hasPrefix("-") && !part.hasPrefix(".") && !part.hasSuffix("-")
          && !part.hasSuffix(".")
          && part.utf8.allSatisfy {
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0
              || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0
              || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || "-_.".utf8.contains($0)
          }
      }
  }

  /// The text within a line or a table of Markdown: nothing in it is markup.
  fileprivate var forMarkdown: String {
    let markup = Set("\\`*_{}[]<>()#|&")
    return printable.map { markup.contains($0) ? "\\\($0)" : "\($0)" }.joined()
  }
}
