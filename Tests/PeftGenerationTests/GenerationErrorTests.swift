import Peft
import PeftTestSupport
import Testing

/// What cannot be answered, and what is said of it.
@Suite("Prompts that cannot be answered") struct GenerationErrorTests {
  private func said(
    _ checkpoint: String, _ prompts: [[Int]], _ settings: GenerationSettings = GenerationSettings()
  ) -> String? {
    message {
      let folder = Fixture.path("checkpoints/\(checkpoint)")
      let generator = try Generator(
        Model(folder), defaults: GenerationDefaults(folder: folder))
      _ = try generator.answers(to: prompts, settings: settings)
    }
  }

  @Test("Prompts, tokens and sizes")
  func prompts() {
    #expect(
      said("gpt2", [[1], []]) == """
        prompt 1 has no tokens
          fix: give a text, or at least one token
        """)
    #expect(
      said("gpt2", [Array(repeating: 1, count: 37)]) == """
        prompt 0 has 37 tokens, and the model positions for 37, one of which the answer needs
          fix: shorten the prompt
        """)
    #expect(
      said("gpt2", [[5, 61]]) == """
        prompt 0 has the token 61, and the model's vocabulary tokens from 0 to 60
          fix: give tokens of the model's own tokenizer
        """)
    #expect(said("gpt2", [[-1]])?.contains("has the token -1") == true)
    let large = said("mistral", [[1]], GenerationSettings(maxNewTokens: 1 << 40))
    #expect(large?.contains("memory") == true || large?.contains("bytes") == true, "\(large ?? "")")
    let sampling = GenerationSettings(sampling: SamplingSettings(isSampling: true), beams: 2)
    #expect(said("gpt2", [[1]], sampling)?.hasPrefix("a beam search draws no tokens") == true)
  }

  @Test(
    "Models that are no language models",
    arguments: ["bert", "vit", "clip", "bert-masked-lm", "distilbert-classifier"])
  func otherModels(checkpoint: String) {
    let said = said(checkpoint, [[1]])
    #expect(said?.contains("fix: generate with a causal language model") == true, "\(said ?? "")")
  }

  @Test("An answer ends with the positions of the model")
  func lastPosition() throws {
    let generator = try Generator(Model(Fixture.path("checkpoints/gpt2")))
    let answers = try generator.answers(
      to: [[1, 2, 3], Array(repeating: 4, count: 30)],
      settings: GenerationSettings(maxNewTokens: 100))
    #expect(answers.map(\.tokens.count) == [34, 7])
    #expect(answers.allSatisfy { $0.finishReason == .length })
  }

  @Test("An end token ends an answer, and the others go on as they would alone")
  func ends() throws {
    let generator = try Generator(Model(Fixture.path("checkpoints/llama-grouped")))
    let prompts = [[5, 17, 3], [8, 21], [33, 2, 11, 58]]
    let settings = GenerationSettings(maxNewTokens: 12)
    let whole = try generator.answers(to: prompts, settings: settings)
    var ended = settings
    let end = whole[1].tokens[3]
    ended.endTokens = [end]
    let answers = try generator.answers(to: prompts, settings: ended)
    for (answer, whole) in zip(answers, whole) {
      let expected =
        whole.tokens.firstIndex(of: end).map { Array(whole.tokens[...$0]) } ?? whole.tokens
      #expect(answer.tokens == expected)
      #expect(answer.finishReason == (expected.last == end ? .stop : .length))
    }
  }
}
