import Foundation
import Peft
import PeftTestSupport
import Testing

/// The recipes and the mistakes of the article on data.
@Suite("The article on data") struct DataArticleTests {
  private static let article = "Sources/Peft/Peft.docc/Data.md"
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (name, text) in try Self.files() { try folder.file(name, text) }
    try model(
      "my-encoder", tokenizer: "bert-uncased",
      """
      {"model_type": "bert", "architectures": ["BertModel"], "vocab_size": 700, "hidden_size": 24,
       "intermediate_size": 32, "num_attention_heads": 3, "num_hidden_layers": 2}
      """)
    try model(
      "my-masked-encoder", tokenizer: "bert-uncased",
      """
      {"model_type": "bert", "architectures": ["BertForMaskedLM"], "vocab_size": 700, "hidden_size": 24,
       "intermediate_size": 32, "num_attention_heads": 3, "num_hidden_layers": 2}
      """)
    let gpt2 = """
      {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "vocab_size": 420, "n_embd": 24,
       "n_head": 3, "n_layer": 2, "n_positions": 512}
      """
    try model("my-language-model", tokenizer: "gpt2", gpt2)
    try model("my-chat-model", tokenizer: "gpt2", gpt2)
    try folder.file(
      "my-chat-model/chat_template.jinja",
      "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}")
    try model(
      "my-t5", tokenizer: "t5",
      """
      {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "vocab_size": 505,
       "d_model": 24, "d_kv": 8, "d_ff": 32, "num_heads": 3, "num_layers": 2}
      """)
  }

  private func model(_ name: String, tokenizer: String, _ configuration: String) throws {
    try folder.file("\(name)/config.json", configuration)
    try folder.copy(Fixture.path("tokenizers/\(tokenizer).json"), to: "\(name)/tokenizer.json")
  }

  /// The blocks of the article that have names.
  private static func files() throws -> [(name: String, text: String)] {
    try Repository.text(article).matches(of: /\*\*(\S+)\*\*\n\n```\w+\n((?s).*?)```/)
      .map { (String($0.1), String($0.2)) }
  }

  private func trainer(_ recipe: String) throws -> Trainer {
    let text = recipe.replacing(/train: \[?"?/) { "\($0.output)\(folder.path)/" }
      .replacing("model: ", with: "model: \(folder.path)/")
      .replacing("output: ", with: "output: \(folder.path)/")
    return try Trainer(
      TrainingRecipe(
        text: text
          + "weights: random\nsteps: 2\nbatch_size: 2\noptimizer: {adamw: {learning_rate: 1e-2}}\n")
    )
  }

  static let recipes =
    (try? files().filter { $0.name.hasSuffix(".yaml") }.map(\.name).exactly(9, "recipes")) ?? []

  @Test("All recipes are there")
  func count() { #expect(Self.recipes.count == 9) }

  @Test("Every recipe trains on the rows beside it", arguments: recipes)
  func trains(name: String) throws {
    let trainer = try trainer(folder.text(name))
    let summary = try trainer.run()
    #expect(summary.isFinished)
    #expect(trainer.unusableRows.count == 0 && trainer.leftOutRows == 0)
    #expect(trainer.weights.tensors.values.contains { $0.floats().contains { $0 != 0 } })
  }

  // MARK: Mistakes

  struct Mistake: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: Data
    var model = "my-encoder"
    var data = "labels: auto"

    init(
      _ name: String, _ text: String, model: String = "my-encoder", data: String = "labels: auto"
    ) {
      self.init(name, Data(text.utf8), model: model, data: data)
    }

    init(
      _ name: String, _ bytes: Data, model: String = "my-encoder", data: String = "labels: auto"
    ) {
      (self.name, self.bytes, self.model, self.data) = (name, bytes, model, data)
    }

    var testDescription: String { name }
  }

  static let mistakes = [
    Mistake("broken.jsonl", "{\"text\": \"a\", \"label\": \"x\"}\n{\"text\": \"b\", \n"),
    Mistake(
      "missing.jsonl", "{\"text\": \"a\", \"label\": \"x\"}\n{\"txt\": \"b\", \"label\": \"y\"}\n"),
    Mistake("unlabelled.jsonl", "{\"text\": \"a\", \"label\": \"x\"}\n{\"text\": \"b\"}\n"),
    Mistake("mixed.csv", "text,label\na,x\nb,1\n", data: "labels: [x, y]"),
    Mistake("unknown.csv", "text,label\na,x\nb,z\n", data: "labels: [x, y]"),
    Mistake("short.csv", "text,label\na,x\nb\n"),
    Mistake("quote.csv", "text,label\n\"a,x\nb,y\n"),
    Mistake("twice.csv", "text,label,text\na,x,b\n"),
    Mistake("alone.csv", "text,label\na,x\nb,x\nc,y\n", data: "labels: auto, split: 0.5"),
    Mistake(
      "roles.jsonl", "{\"messages\": [{\"content\": \"a\"}]}\n", model: "my-chat-model", data: ""),
    Mistake(
      "wide.csv", "text,label\na,x\n".data(using: .utf16LittleEndian) ?? Data()),
    Mistake("cut.csv.gz", Data("text,label\na,x\nb,y\n".utf8).gzipped.dropLast(9)),
    Mistake("none-*.csv", Data()),
  ]

  @Test("The article shows what is said of each mistake", arguments: mistakes)
  func mistake(mistake: Mistake) throws {
    if !mistake.name.contains("*") { try folder.file(mistake.name, mistake.bytes) }
    let tuner = mistake.model == "my-encoder" ? "[query]" : "all-linear"
    let message = try #require(
      folder.message {
        _ = try trainer(
          """
          model: \(mistake.model)
          tuner: {lora: {r: 4, target_modules: \(tuner)}}
          data: {train: "\(mistake.name)", \(mistake.data)}
          output: run

          """)
      })
    #expect(try Repository.text(Self.article).contains(message), "\(message)")
  }
}
