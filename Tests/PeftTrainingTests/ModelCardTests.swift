import Foundation
import ModelDescription
import Peft
import PeftTestSupport
import Testing

@testable import PeftTraining

@Suite("Model cards of trained adapters") struct ModelCardTests {
  private func card(
    base: String? = nil, task: TaskType? = nil, place: String = "model",
    isOfTransformers: Bool = true, figures: [(name: String, value: String)] = [],
    targets: TargetSelection.Targets = ["c_attn"]
  ) throws -> ModelCard {
    var configuration = LoraConfig(r: 4, targetModules: targets, taskType: task)
    configuration.options.baseModelNameOrPath = base
    return ModelCard(
      of: try Adapter(configuration, for: ModelDescription("gpt2").graph()), on: place,
      isOfTransformers: isOfTransformers, labelCount: 3, figures: figures)
  }

  /// The front matter of a card, as YAML.
  private func metadata(_ card: ModelCard) throws -> [String: ConfigurationValue] {
    let parts = card.text.components(separatedBy: "---\n")
    #expect(parts.first == "" && parts.count >= 3)
    let document = try DocumentReader.read(text: parts[1], path: "README.md")
    return Dictionary(
      uniqueKeysWithValues: try #require(document.entries).map {
        ($0.key, ConfigurationValue($0.value))
      })
  }

  @Test("A base model on the Hub is named, with the tags that PEFT gives")
  func onTheHub() throws {
    let card = try card(base: "openai-community/gpt2", task: .causalLanguageModel)
    #expect(
      try metadata(card) == [
        "base_model": .text("openai-community/gpt2"), "library_name": .text("peft"),
        "pipeline_tag": .text("text-generation"),
        "tags": .list([
          .text("base_model:adapter:openai-community/gpt2"), .text("lora"), .text("transformers"),
        ]),
      ])
    #expect(card.text.contains("# gpt2: lora adapter\n"))
    #expect(
      card.text.contains("[openai-community/gpt2](https://huggingface.co/openai-community/gpt2)"))
  }

  @Test(
    "A path is no base model, whatever it looks like",
    arguments: [
      ("/home/me/gpt2", "model"), ("./gpt2", "model"), ("../a/gpt2", "model"), ("gpt2", "model"),
      ("Tests/Fixtures", "Tests/Fixtures"), ("runs/first", "runs/first"), ("a/b/c", "model"),
      ("owner/-name", "model"), ("owner/na me", "model"), ("owner/a--b", "model"),
      ("owner/name.git", "model"), ("C:\\models/gpt2", "model"), ("owner/", "model"),
      (String(repeating: "a", count: 60) + "/" + String(repeating: "b", count: 60), "model"),
    ])
  func paths(base: String, place: String) throws {
    let card = try card(base: base, place: place)
    #expect(Set(try metadata(card).keys) == ["library_name", "tags"])
    #expect(!card.text.contains(base) || base == "gpt2" || base == "./gpt2")
  }

  @Test("A folder that is there is a path, also where its name could be the Hub's")
  func existing() throws {
    let name = "Sources/Peft"
    #expect(name.isHubName)
    let isHere = FileManager.default.fileExists(atPath: name)
    #expect(try (metadata(card(base: name))["base_model"] == nil) == isHere)
    #expect(
      try metadata(card(base: Repository.root.appending(path: name).path))["base_model"] == nil)
  }

  @Test("Outside transformers there is no such tag, and without a task no class that loads it")
  func others() throws {
    let card = try card(isOfTransformers: false)
    #expect(
      try metadata(card) == ["library_name": .text("peft"), "tags": .list([.text("lora")])])
    #expect(card.text.contains("PeftModel.from_pretrained(base_model, "))
  }

  @Test(
    "It says how PEFT loads it",
    arguments: [
      (
        TaskType.causalLanguageModel,
        #"AutoPeftModelForCausalLM.from_pretrained("path/to/this/folder")"#
      ),
      (
        .sequenceClassification,
        #"AutoPeftModelForSequenceClassification.from_pretrained("path/to/this/folder", num_labels=3)"#
      ),
      (.sequenceToSequence, "AutoPeftModelForSeq2SeqLM."),
      (.tokenClassification, "AutoPeftModelForTokenClassification."),
      (.questionAnswering, "AutoPeftModelForQuestionAnswering."),
      (.featureExtraction, "AutoPeftModelForFeatureExtraction."),
    ])
  func tasks(task: TaskType, call: String) throws {
    let card = try card(task: task)
    #expect(card.text.contains(call), "\(card.text)")
    let pipeline = try metadata(card)["pipeline_tag"]
    #expect((pipeline != nil) == (task == .causalLanguageModel))
  }

  @Test("Its settings are YAML, without what is off or belongs to the files")
  func settings() throws {
    let text = try card(base: "owner/name", task: .causalLanguageModel).text
    let block = try #require(text.components(separatedBy: "```yaml\n").last)
      .components(separatedBy: "```")[0]
    let document = try DocumentReader.read(text: block, path: "settings")
    let fields = try #require(document["lora"]?.entries)
    #expect(fields.contains { $0.key == "r" } && fields.contains { $0.key == "target_modules" })
    let names = Set(fields.map(\.key))
    #expect(
      names.isDisjoint(with: ["base_model_name_or_path", "use_dora", "peft_type", "inference_mode"])
    )
  }

  @Test("Nothing in names is markup, and a word that YAML takes for something else is quoted")
  func escaping() throws {
    let text = try card(figures: [(name: "objective", value: "a | b <c> `d` [e](f)\n# g")]).text
    let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("| objective |") })
    #expect(row.hasPrefix(#"| objective | a \| b \<c\> \`d\` \[e\]\(f\)"#), "\(row)")
    #expect(row.hasSuffix(##"\# g |"##), "\(row)")
    for word in ["no", "Yes", "on", "OFF", "y", "null", "true", "3", "a: b", "- a", "\"", "é", ""] {
      var yaml = YAMLText()
      yaml.add("key", .list([.text(word)]), depth: 0)
      let document = try DocumentReader.read(text: yaml.text, path: "text")
      #expect(ConfigurationValue(try #require(document["key"])) == .list([.text(word)]))
      if word.count < 4, word.allSatisfy({ $0.isLetter && $0.isASCII }) {
        #expect(yaml.text == "key: [\"\(word)\"]\n")
      }
    }
  }
}
