import PeftBasics
import PeftTemplates
import Testing

@Suite("The assistant's turns in a rendered conversation") struct AssistantTurnsTests {
  private static let lines = """
    {% for m in messages %}<{{ m.role }}>{{ m.content }}</>
    {% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}
    """

  private static let conversation = ChatConversation([
    ["role": "system", "content": "Kürze."], ["role": "user", "content": "Wie heißt du?"],
    ["role": "assistant", "content": "Jörg"], ["role": "user", "content": "Wer?"],
    ["role": "assistant", "content": ""],
  ])

  /// What the assistant says in the text.
  private func turns(_ template: String, _ conversation: ChatConversation) throws -> [String] {
    let marked = try ChatTemplate(template).markingAssistant(conversation)
    let bytes = Array(marked.text.utf8)
    return marked.assistant.map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  @Test("Without marks they are what each message adds to the prompt before it")
  func prefixes() throws {
    #expect(try turns(Self.lines, Self.conversation) == ["Jörg</>\n", "</>\n"])
  }

  @Test("With marks they are what stands in them")
  func marks() throws {
    let template = """
      {% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' %}{% generation %}{{ m.content }}</>\
      {% endgeneration %}{% else %}{{ m.content }}</>{% endif %}{% endfor %}
      """
    #expect(try turns(template, Self.conversation) == ["Jörg</>", "</>"])
  }

  @Test("A template that changes earlier turns is refused, with the turn and the reason")
  func changedTurns() throws {
    let template = """
      {% for m in messages %}<{{ m.role }}>\
      {{ m.content[:2] if m.role == 'assistant' and not loop.last else m.content }}{% endfor %}\
      {% if add_generation_prompt %}<assistant>{% endif %}
      """
    let error = #expect(throws: ChatError.self) { try turns(template, Self.conversation) }
    #expect(
      error?.problem
        == "which part of the text message 3, the assistant's, becomes cannot be told: it is written otherwise when more messages follow"
    )
  }

  @Test("So is a prompt that the turn does not start with, and a turn without a prompt")
  func otherPrompts() throws {
    let prompt = Self.lines.replacing("<assistant>{% endif", with: "<assistant><think>{% endif")
    let other = #expect(throws: ChatError.self) { try turns(prompt, Self.conversation) }
    #expect(other?.problem.hasSuffix("does not start with the prompt that is before it") == true)
    let first = #expect(throws: ChatError.self) {
      try turns(Self.lines, ChatConversation([["role": "assistant", "content": "Hi"]]))
    }
    #expect(first?.problem.hasSuffix("no message comes before it") == true)
  }

  @Test("And one that fails without the messages behind it")
  func failingPrefix() throws {
    let template =
      "{% if messages | length < 5 %}{{ raise_exception('too short') }}{% endif %}" + Self.lines
    let error = #expect(throws: ChatError.self) { try turns(template, Self.conversation) }
    #expect(error?.problem.contains("the template refuses this conversation: too short") == true)
  }
}
