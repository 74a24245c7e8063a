import Foundation
import Peft
import PeftTestSupport
import Testing

@testable import PeftGeneration

/// One model that several tasks ask, with adapters.
@Suite("A model for several tasks") struct TextModelTests {
  private static let folder = Fixture.path("checkpoints/llama-grouped")
  private static let adapters = [
    "lora": Fixture.path("adapted/llama-lora"), "randlora": Fixture.path("adapted/llama-randlora"),
    "dora": Fixture.path("adapted/llama-dora"),
  ]

  @Test("Answers are those that each would get alone, also where others are cancelled")
  func tasks() async throws {
    let model = try TextModel(folder: Self.folder, adapters: Self.adapters)
    let settings = GenerationSettings(maxNewTokens: 20)
    let names = [nil, "lora", "randlora", "dora"] + [nil, "lora", "randlora", "dora"]
    let found = try await withThrowingTaskGroup(of: (Int, [Int]?).self) { group in
      for (index, name) in names.enumerated() {
        group.addTask {
          let answer = model.answer(to: [5, 17, index], adapter: name, settings: settings)
          if index % 3 == 2 {
            // It is left in its middle.
            var count = 0
            for try await _ in answer {
              count += 1
              if count == 4 { break }
            }
            return (index, nil)
          }
          return (index, try await answer.tokens())
        }
      }
      return try await group.reduce(into: [Int: [Int]?]()) { $0[$1.0] = $1.1 }
    }
    let base = try Model(Self.folder)
    for (index, name) in names.enumerated() {
      guard let tokens = found[index] ?? nil else { continue }
      let weights = try name.map { [try AdapterFolder(Self.adapters[$0] ?? "").weights(for: base)] }
      let alone = try Generator(base.answering(with: weights ?? []))
      #expect(try alone.answers(to: [[5, 17, index]], settings: settings)[0].tokens == tokens)
    }
    #expect(found.values.count { $0 == nil } == 2)
  }

  @Test("Adapters whose sums have no room are applied beside the weights, and answer the same")
  func beside() async throws {
    let settings = GenerationSettings(maxNewTokens: 12)
    let base = try Model(Self.folder)
    let weights = try Self.adapters.mapValues { try AdapterFolder($0).weights(for: base) }
    let own = base.graph.parameters.reduce(0) { $0 + $1.storedByteCount }
    let first = try #require(weights.values.first)
    #expect(try base.answering(with: [first]).warnings == base.warnings)
    let warnings = try base.answering(with: [first], memory: own).warnings
    #expect(
      warnings.last?.hasPrefix("there is no memory for the sums of weights and adapters, ") == true)
    // Of several adapters, as many are summed as there is room for.
    let room = own + base.sumByteCount(with: [first])
    for memory in [own, room] {
      let model = try TextModel(Model(Self.folder), adapters: weights, memory: memory)
      for (name, adapter) in weights.sorted(by: { $0.key < $1.key }) {
        let found = try await model.answer(to: [5, 17], adapter: name, settings: settings).tokens()
        let summed = try Generator(base.answering(with: [adapter]))
        #expect(try summed.answers(to: [[5, 17]], settings: settings)[0].tokens == found)
      }
    }
  }

  @Test("A cancelled task gets no more tokens")
  func cancelled() async throws {
    let model = try TextModel(folder: Self.folder)
    let task = Task {
      try await model.answer(to: [1, 2], settings: GenerationSettings(maxNewTokens: 100_000))
        .tokens()
    }
    try await Task.sleep(for: .milliseconds(50))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test("An adapter that is not there, and a text without a tokenizer")
  func mistakes() async throws {
    let model = try TextModel(folder: Self.folder, adapters: ["lora": Self.adapters["lora"] ?? ""])
    let error = await #expect(throws: UnknownAdapter.self) {
      try await model.answer(to: [1], adapter: "poems").tokens()
    }
    #expect(error?.name == "poems" && error?.known == ["lora"])
    await #expect(throws: NoTokenizer.self) { try await model.answer(to: "text").text() }
  }

  @Test("Eight tasks with three adapters get the same answers every time, and memory stays flat")
  func memory() throws {
    let process = try PeftProcess(
      "AskingTasks", arguments: [Fixture.folder.path, LongTests.areWanted ? "2000" : "160"])
    #expect(process.status == 0, "\(process.errors)")
    let output = process.output.filter { !$0.isWhitespace }
    #expect(try #require(Int(output)) < 4 << 20)
  }
}
