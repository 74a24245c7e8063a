import Foundation
import Peft
import PeftTestSupport
import Testing

/// What transformers generates with the same checkpoints and adapters.
@Suite("Generated tokens") struct GenerationTests {
  struct Greedy: Decodable, Sendable, CustomTestStringConvertible {
    let checkpoint: String
    let adapters: [String]
    let prompts: [[Int]]
    /// The repetition penalty.
    let penalty: Double
    let tokens: [[Int]]
    /// Where the two best logits are as good as equal.
    let close: [[Int]]

    var testDescription: String {
      "\(checkpoint) \(adapters.joined(separator: " + ")) × \(prompts.count)"
    }
  }

  struct Beams: Decodable, Sendable, CustomTestStringConvertible {
    struct Settings: Decodable, Sendable {
      let beams: Int
      let endTokens: [Int]?
      let lengthPenalty: Double?
      let earlyStopping: Bool?
      let repetitionPenalty: Double?

      private enum CodingKeys: String, CodingKey {
        case beams = "num_beams"
        case endTokens = "eos_token_id"
        case lengthPenalty = "length_penalty"
        case earlyStopping = "early_stopping"
        case repetitionPenalty = "repetition_penalty"
      }
    }

    let checkpoint: String
    let prompts: [[Int]]
    let settings: Settings
    let tokens: [[Int]]

    var testDescription: String { "\(checkpoint) \(settings) × \(prompts.count)" }
  }

  static let greedy: [Greedy] =
    (try? Fixture.rows("generation.json", at: "greedy", exactly: 249)) ?? []
  static let beams: [Beams] = (try? Fixture.rows("generation.json", at: "beams", exactly: 40)) ?? []

  @Test("All rows of the fixture are there")
  func count() {
    #expect(Self.greedy.count == 249 && Self.beams.count == 40)
  }

  private func generator(
    _ checkpoint: String, _ adapters: [String], _ precision: Precision = .f32
  ) throws -> Generator {
    let folder = Fixture.path(checkpoint)
    let model = try Model(folder).computing(in: precision)
    let weights = try adapters.enumerated().map { index, name in
      try AdapterFolder(Fixture.path("adapted/\(name)")).weights(for: model, name: "a\(index)")
    }
    return try Generator(
      model.answering(with: weights), defaults: GenerationDefaults(folder: folder))
  }

  /// Whether tokens are those of transformers up to where its two best logits are as good as equal.
  private func agree(_ found: [Int], _ expected: [Int], _ close: [Int]) -> Bool {
    for (index, (token, other)) in zip(found, expected).enumerated() where token != other {
      return close.contains(index)
    }
    return found.count == expected.count
  }

  @Test("Greedy tokens are those of transformers and PEFT", arguments: greedy)
  func greedyTokens(row: Greedy) throws {
    let generator = try generator(row.checkpoint, row.adapters)
    let settings = GenerationSettings(
      maxNewTokens: row.tokens[0].count,
      sampling: SamplingSettings(repetitionPenalty: row.penalty))
    let answers = try generator.answers(to: row.prompts, settings: settings)
    for (index, answer) in answers.enumerated() {
      #expect(
        agree(answer.tokens, row.tokens[index], row.close[index]),
        "\(answer.tokens) instead of \(row.tokens[index])")
      #expect(answer.finishReason == .length)
    }
  }

  @Test(
    "Without keys and values of earlier tokens, the same tokens are found",
    arguments: greedy.filter {
      $0.penalty == 1 && $0.adapters.count < 2 && !$0.checkpoint.contains("t5")
    })
  func withoutCache(row: Greedy) throws {
    // What their angles are depends on how long the text is now.
    guard !row.checkpoint.contains("dynamic"), !row.checkpoint.contains("longrope") else { return }
    let model = try generator(row.checkpoint, row.adapters).model
    var text = row.prompts[0]
    for place in 0..<12 {
      let logits = try model(["input_ids": Tensor(text, shape: [1, text.count])])["logits"]
      let last = try #require(logits?.floats().suffix(logits?.shape[2] ?? 0))
      let best = try #require(last.indices.max { last[$0] < last[$1] }) - last.startIndex
      #expect(best == row.tokens[0][place] || row.close[0].contains(place))
      text.append(row.tokens[0][place])
    }
  }

  @Test(
    "In precision bf16, the cache gives the tokens that are best without it, but for its rounding",
    arguments: greedy.filter { $0.penalty == 1 && $0.prompts.count == 1 })
  func halves(row: Greedy) throws {
    guard !row.checkpoint.contains("dynamic"), !row.checkpoint.contains("longrope") else { return }
    let generator = try generator(row.checkpoint, row.adapters, .bf16)
    let prompt = row.prompts[0]
    let settings = GenerationSettings(maxNewTokens: 30)
    let tokens = try generator.answers(to: [prompt], settings: settings)[0].tokens
    let isT5 = generator.model.graph.inputs.contains { $0.name == "decoder_input_ids" }
    let text = isT5 ? [0] + tokens : prompt + tokens
    let ids = { (tokens: [Int]) in Tensor(tokens, shape: [1, tokens.count]) }
    let found = try generator.model(
      isT5
        ? ["input_ids": ids(prompt), "decoder_input_ids": ids(text)] : ["input_ids": ids(text)])
    let logits = try #require(found["logits"])
    let (numbers, width) = (logits.floats(), logits.shape[2])
    for (index, token) in tokens.enumerated() {
      let place = text.count - tokens.count + index - 1
      let row = numbers[place * width..<(place + 1) * width]
      let (best, worst) = (row.max() ?? 0, row.min() ?? 0)
      #expect(best - row[place * width + token] < 0.03 * (best - worst), "token \(index)")
    }
  }

  @Test("Beam searches find what those of transformers find", arguments: beams)
  func beamSearch(row: Beams) throws {
    let generator = try generator(row.checkpoint, [])
    var settings = GenerationSettings(
      maxNewTokens: row.checkpoint.contains("gpt2") ? 25 : 50, beams: row.settings.beams,
      lengthPenalty: row.settings.lengthPenalty ?? 1,
      stopsEarly: row.settings.earlyStopping ?? false,
      endTokens: Set(row.settings.endTokens ?? []))
    settings.sampling.repetitionPenalty = row.settings.repetitionPenalty ?? 1
    let answers = try generator.answers(to: row.prompts, settings: settings)
    for (answer, expected) in zip(answers, row.tokens) {
      // Shorter answers are followed by padding, for which transformers takes the first end token.
      let padding = row.settings.endTokens?.first ?? 0
      #expect(answer.tokens == Array(expected.prefix(answer.tokens.count)))
      #expect(expected.dropFirst(answer.tokens.count).allSatisfy { $0 == padding })
    }
  }
}
