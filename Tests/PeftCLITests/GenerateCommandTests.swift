import Foundation
import PeftTestSupport
import Testing

@Suite("peft generate") struct GenerateCommandTests {
  private static let llama = Fixture.path("checkpoints/llama-grouped")

  private func run(_ arguments: String...) throws -> PeftProcess {
    try PeftProcess(arguments: ["generate", Self.llama] + arguments)
  }

  private func answers(_ process: PeftProcess) throws -> [[String: Any]] {
    #expect(process.status == 0, "\(process.errors)")
    return try #require(process.json as? [[String: Any]])
  }

  @Test("JSON has prompt, text, the new tokens and why they ended")
  func json() throws {
    let process = try run(
      "--tokens", "5,17,3", "--tokens", "8, 21", "--max-new-tokens", "7", "--ignore-eos",
      "--format", "json")
    let answers = try answers(process)
    #expect(answers.map { $0["prompt"] as? [Int] } == [[5, 17, 3], [8, 21]])
    #expect(answers.allSatisfy { ($0["tokens"] as? [Int])?.count == 7 && $0["text"] is NSNull })
    #expect(answers.allSatisfy { $0["finish_reason"] as? String == "length" })
    #expect(process.errors.contains("14 tokens in "))
    #expect(process.errors.contains("tokens/s, the first after "))
  }

  @Test("Adapters, seeds and batches: the same prompt has the same answer")
  func repeatable() throws {
    func tokens(_ arguments: String...) throws -> [[Int]] {
      let process = try PeftProcess(
        arguments: [
          "generate", Self.llama, "--tokens", "5,17,3", "--tokens", "8", "--tokens", "33,2",
          "--max-new-tokens", "9", "--ignore-eos", "--format", "json",
        ] + arguments)
      return try answers(process).map { try #require($0["tokens"] as? [Int]) }
    }
    let plain = try tokens()
    #expect(try tokens("--batch-size", "1") == plain)
    #expect(try tokens("--temperature", "0") == plain)
    #expect(try tokens("--threads", "1") == plain)
    #expect(try tokens("--adapter", Fixture.path("adapted/llama-lora")) != plain)
    let drawn = try tokens("--temperature", "2", "--seed", "5")
    #expect(drawn != plain)
    #expect(try tokens("--temperature", "2", "--seed", "5") == drawn)
    #expect(try tokens("--temperature", "2", "--seed", "6") != drawn)
  }

  @Test("Texts of an option, a file and standard input are prompts")
  func texts() throws {
    let folder = try TemporaryFolder()
    // The bytes of digits are tokens that the model has.
    try folder.file("prompts.jsonl", "{\"prompt\": \"12\"}\n{\"text\": \"345\"}\n")
    let common = [
      "generate", Self.llama, "--tokenizer", "bytes", "--max-new-tokens", "4", "--ignore-eos",
      "--format",
      "jsonl",
    ]
    let given = try PeftProcess(arguments: common + ["--prompt", "12", "--prompt", "345"])
    let file = try PeftProcess(arguments: common + ["--file", folder.path("prompts.jsonl")])
    try folder.file("lines", "12\n\n345\n")
    let lines = try PeftProcess(
      arguments: common, standardInput: FileHandle(forReadingFrom: folder.url("lines")))
    #expect(given.status == 0, "\(given.errors)")
    #expect(given.output.split(separator: "\n").count == 2)
    #expect(file.output == given.output && lines.output == given.output)
    let shown = try PeftProcess(
      arguments: Array(common.dropLast(2)) + ["--prompt", "12", "--prompt", "345"])
    #expect(shown.output.hasPrefix("> 12\n") && shown.output.contains("\n\n> 345\n"))
  }

  @Test(
    "Mistakes are one message",
    arguments: [
      (["--tokens", "5,x"], 64, "--tokens takes numbers with commas between"),
      (["--tokens", "5", "--prompt", "a"], 64, "Give either --prompt, --tokens or --file."),
      (["--tokens", "5", "--top-p", "0"], 64, "--top-p takes a number above 0"),
      (["--tokens", "5", "--beams", "0"], 64, "--beams takes a number from 1 on"),
      (["--tokens", "61"], 1, "error: prompt 0 has the token 61"),
      (["--prompt", "12"], 1, "error: the model has no tokenizer"),
      (
        ["--tokens", "5", "--beams", "2", "--temperature", "1"], 1,
        "error: a beam search draws no tokens"
      ),
      (["--file", "no.jsonl"], 1, "no.jsonl"),
    ] as [([String], Int32, String)])
  func mistakes(arguments: [String], status: Int32, message: String) throws {
    let process = try PeftProcess(arguments: ["generate", Self.llama] + arguments)
    #expect(process.status == status && process.output.isEmpty)
    #expect(process.errors.contains(message), "\(process.errors)")
  }

  @Test("A model that is no language model is refused before it reads prompts")
  func otherModel() throws {
    let process = try PeftProcess("generate", Fixture.path("checkpoints/bert"), "--tokens", "5")
    #expect(process.status == 1)
    #expect(process.errors.contains("fix: generate with a causal language model"))
  }
}
