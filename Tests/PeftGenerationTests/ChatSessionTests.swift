import Peft
import PeftBasics
import PeftTestSupport
import Testing

/// Conversations with a model of random weights and a template.
@Suite("Conversations") struct ChatSessionTests {
  private let folder: TemporaryFolder
  private let texts: TextGenerator

  init() throws {
    folder = try TemporaryFolder()
    try folder.copy(Fixture.path("tokenizers/gpt2.json"), to: "tokenizer.json")
    try folder.file(
      "config.json",
      """
      {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "vocab_size": 420, "n_embd": 24,
       "n_head": 3, "n_layer": 2, "n_positions": 256}
      """)
    try folder.file(
      "chat_template.jinja",
      """
      {%- if messages[0].role == 'assistant' %}{{ raise_exception('the user begins') }}{% endif %}
      {%- for m in messages %}{{ m.role }}: {{ m.content }}
      {% endfor %}{% if add_generation_prompt %}assistant: {% endif %}
      """)
    texts = try TextGenerator(
      Model(random: ModelDescription(folder.path), seed: 3, threads: 1), folder: folder.path)
  }

  @Test("Each turn is answered with all that was said before")
  func turns() throws {
    var chat = try ChatSession(texts, folder: folder.path, system: "Be brief.")
    let settings = GenerationSettings(maxNewTokens: 6)
    let first = try chat.answer("the number", settings: settings)
    #expect(first.prompt.text == "system: Be brief.\nuser: the number\nassistant: ")
    let second = try chat.answer("more", settings: settings)
    #expect(
      second.prompt.text
        == "system: Be brief.\nuser: the number\nassistant: \(first.text ?? "")\nuser: more\nassistant: "
    )
    #expect(chat.messages.count == 5)
    // The same prompt by itself has the same answer.
    let alone = try texts.answers(to: [second.prompt], settings: settings)[0]
    #expect(alone.tokens == second.tokens)
    chat.reset()
    #expect(chat.messages.count == 1)
    #expect(try chat.answer("the number", settings: settings).tokens == first.tokens)
  }

  @Test("An answer that is stopped stays as far as it came")
  func stopped() throws {
    var chat = try ChatSession(texts, folder: folder.path)
    var count = 0
    let answer = try chat.answer("a", settings: GenerationSettings(maxNewTokens: 50)) { _ in
      count += 1
      return count < 3
    }
    #expect(answer.tokens.count == 3 && answer.finishReason == nil)
    #expect(chat.messages.count == 2)
  }

  @Test("What is too long is said and forgotten; a folder without a template is named")
  func mistakes() throws {
    var chat = try ChatSession(texts, folder: folder.path)
    let said = message { _ = try chat.answer(String(repeating: "number ", count: 400)) }
    #expect(said?.contains("the model positions for 256") == true, "\(said ?? "")")
    #expect(chat.messages.isEmpty)
    try folder.remove("chat_template.jinja")
    #expect(throws: (any Error).self) { try ChatSession(texts, folder: folder.path) }
  }
}
