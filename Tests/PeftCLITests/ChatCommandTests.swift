import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("peft chat") struct ChatCommandTests {
  private let folder: TemporaryFolder
  /// A model of bytes, and two adapters whose folders have the same name.
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = folder.path("model")
    let poet = Repository.root.appending(path: "Examples/OwnModel/poet").path
    #expect(try PeftProcess("init", poet, "--output", model).status == 0)
    try folder.file("rows.jsonl", #"{"text": "To be, or not to be"}"#)
    try folder.file("chat.jinja", "{{ messages[-1]['content'] }}")
    for name in ["one", "two"] {
      let run = try PeftProcess(
        "train", "--model", model, "--tuner",
        "lora:r=2,lora_alpha=200,target_modules=[c_attn],init_lora_weights=false",
        "--data", folder.path("rows.jsonl"), "--tokenizer", "bytes", "--steps", "1", "--seed",
        name == "one" ? "1" : "2", "--output", folder.path(name))
      #expect(run.status == 0, "\(run.errors)")
    }
  }

  private func chat(_ lines: String...) throws -> PeftProcess {
    let input = try folder.file("lines.txt", lines.map { $0 + "\n" }.joined())
    return try PeftProcess(
      arguments: [
        "chat", model, "--adapter", folder.path("one/last"), "--adapter", folder.path("two/last"),
        "--tokenizer", "bytes", "--chat-template", folder.path("chat.jinja"), "--max-new-tokens",
        "5",
      ], standardInput: FileHandle(forReadingAtPath: input))
  }

  @Test("Lines are answered, adapters told apart, and the conversation is saved")
  func conversation() throws {
    let saved = folder.path("saved.jsonl")
    let run = try chat(
      "hello", "/adapter", "/adapter two/last", "hello", "/adapter base", "hello", "/save \(saved)",
      "/reset", "/save \(saved).2", "/quit", "never read")
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      run.errors.contains("one/last answers; there are base, one/last, two/last"), "\(run.errors)")
    #expect(run.errors.contains("wrote \(saved): 6 messages"))
    #expect(run.errors.contains("wrote \(saved).2: 0 messages"))
    #expect(!run.output.contains("never read"))
    let row = try JSONSerialization.jsonObject(with: folder.bytes("saved.jsonl"))
    let messages = try #require((row as? [String: Any])?["messages"] as? [[String: String]])
    #expect(
      messages.map { $0["role"] ?? "" } == [
        "user", "assistant", "user", "assistant", "user", "assistant",
      ])
    let answers = messages.filter { $0["role"] == "assistant" }.compactMap { $0["content"] }
    #expect(Set(answers).count == 3, "\(answers)")
  }

  @Test("A command's mistake does not end the conversation; what cannot be answered ends a script")
  func mistakes() throws {
    let run = try chat(
      "/adapter three", "/save \(folder.path("no/where.jsonl"))", "/what", "hello",
      String(repeating: "x", count: 300), "never read")
    #expect(run.status == 1)
    #expect(run.errors.contains("no adapter is called 'three'; there are base, one/last, two/last"))
    #expect(run.errors.contains("there is no folder"))
    #expect(run.errors.contains("/reset forgets what was said"))
    #expect(run.errors.contains("has 300 tokens, and the model positions for 256"))
    #expect(!run.output.isEmpty)
  }
}
