import PeftBasics
import PeftTemplates
import PeftTestSupport
import Testing

@Suite("Chat templates as transformers renders them") struct RecordedTemplateTests {
  static let templates = Result {
    try Set(TemplateFixture.rows("rendered.json", exactly: 576).map(\.template)).sorted()
      .exactly(24, "templates")
  }

  /// Expects that a rendering is the recorded one, or refused where it was.
  private func mistake(
    _ row: TemplateFixture.Row, _ template: () throws -> ChatTemplate,
    _ conversation: ChatConversation
  ) -> String? {
    let name = "\(row.template) with \(row.conversation)"
    do {
      let template = try template()
      let text = try template.render(conversation, addGenerationPrompt: row.hasPrompt)
      guard let expected = row.text else { return "\(name): \(text.debugDescription), not refused" }
      guard text.isSame(as: expected) else {
        return "\(name): \(text.debugDescription), not \(expected.debugDescription)"
      }
      guard let spans = row.spans else { return nil }
      let marked = try template.markingAssistant(conversation)
      return marked.assistant == spans ? nil : "\(name): \(marked.assistant), not \(spans)"
    } catch {
      if row.text != nil { return "\(name): \(error)" }
      guard case .unsupported? = (error as? TemplateError)?.reason else { return nil }
      return "\(name): \(error)"
    }
  }

  @Test("Texts and marks are the same for every conversation", arguments: try templates.get())
  func rendered(name: String) throws {
    let text = try Repository.text("Tests/Fixtures/templates/\(name).jinja")
    let conversations = try TemplateFixture.conversations()
    let rows = try TemplateFixture.rows("rendered.json", exactly: 576)
      .filter { $0.template == name }
    let wrong = rows.compactMap { row in
      mistake(
        row, { try ChatTemplate(text, specialTokens: TemplateFixture.tokens) },
        conversations[row.conversation]!)
    }
    #expect(wrong.isEmpty, "\(summary(of: wrong, among: rows.count))")
  }

  @Test("So is every line of the language, and what transformers refuses is refused")
  func expressions() throws {
    let conversation = try TemplateFixture.expressionConversation()
    let rows = try TemplateFixture.rows("expressions.json", exactly: 85)
    let wrong = rows.compactMap { row in
      mistake(
        row, { try ChatTemplate(row.template, specialTokens: TemplateFixture.tokens) },
        conversation)
    }
    #expect(wrong.isEmpty, "\(summary(of: wrong, among: rows.count))")
  }
}
