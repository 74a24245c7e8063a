import Foundation
import Peft
import PeftTestSupport
import Testing

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

  @Test("Memory stays flat over many answers")
  func memory() async throws {
    let model = try TextModel(folder: Self.folder, adapters: Self.adapters)
    func answer(_ count: Int) async throws {
      for index in 0..<count {
        let name = [nil, "lora", "randlora", "dora"][index % 4]
        _ = try await model.answer(
          to: [index % 50, 3], adapter: name, settings: GenerationSettings(maxNewTokens: 6)
        ).tokens()
      }
    }
    let count = LongTests.areWanted ? 2_000 : 60
    try await answer(count / 4)
    let before = residentBytes()
    try await answer(count)
    #expect(residentBytes() - before < 8 << 20)
  }

  private func residentBytes() -> Int {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
      .split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return (pages ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
