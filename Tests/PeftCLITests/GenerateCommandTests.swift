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

  @Test("Base and adapters answer side by side, each as it does alone")
  func comparing() throws {
    let lora = Fixture.path("adapted/llama-lora")
    let common = ["--tokens", "5,17,3", "--max-new-tokens", "4", "--ignore-eos"]
    func alone(_ more: [String]) throws -> [Int]? {
      let process = try PeftProcess(
        arguments: ["generate", Self.llama, "--format", "json"] + common + more)
      return try answers(process)[0]["tokens"] as? [Int]
    }
    let compared = try PeftProcess(
      arguments: ["generate", Self.llama, "--format", "json", "--compare", "base,\(lora)"] + common)
    let rows = try answers(compared)
    let columns = try #require(rows.first?["answers"] as? [[String: Any]])
    #expect(columns.map { $0["model"] as? String } == ["base", lora])
    #expect(try columns.map { $0["tokens"] as? [Int] } == [alone([]), alone(["--adapter", lora])])
    let shown = try PeftProcess(
      arguments: ["generate", Self.llama, "--compare", "base,\(lora)"] + common)
    #expect(shown.output.hasPrefix("> 5,17,3\nbase "))
    #expect(shown.output.contains(" │ ") && shown.output.contains("─┼─"))
    let both = try PeftProcess(
      arguments: ["generate", Self.llama, "--compare", "base", "--adapter", lora] + common)
    #expect(both.status == 64)
  }

  @Test("What answering takes is known before, and is what it takes")
  func planned() throws {
    let process = try PeftProcess(
      "plan", Self.llama, "--generate", "--batch", "3", "--sequence", "10", "--max-new-tokens",
      "20",
      "--tuner", "lora:r=2", "--format", "json")
    let plan = try #require(try answers(process).first)
    // Two layers with keys and values of two heads of eight entries, for three rows of 30 places.
    #expect(plan["cache_bytes"] as? Int == 2 * 2 * 3 * 30 * 16 * 4)
    #expect(plan["summed_weight_bytes"] as? Int ?? 0 > 0)
    let table = try PeftProcess("plan", "gpt2", "--generate", "--sequence", "32", "--beams", "2")
    #expect(table.output.contains("gpt2 · 1 × 32 tokens and 256 new ones, 2 beams"))
    #expect(table.output.contains("keys and values"))
    let wrong = try PeftProcess("plan", "gpt2", "--max-new-tokens", "3")
    #expect(wrong.status == 64)
    let encoder = try PeftProcess("plan", "bert-base", "--generate")
    #expect(encoder.status == 1 && encoder.errors.contains("generate with a causal language model"))
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
