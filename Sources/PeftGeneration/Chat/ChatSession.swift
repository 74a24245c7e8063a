public import PeftBasics
import PeftTemplates

/// A conversation with a model: what was said, and the chat template that makes prompts of it.
///
///     var chat = try ChatSession(TextGenerator(Model(folder), folder: folder), folder: folder)
///     let answer = try chat.answer("Hello")
public struct ChatSession {
  /// Maps with `role` and `content`.
  public private(set) var messages: [JSONValue]
  public var texts: TextGenerator
  private let template: ChatTemplate
  private let system: String?

  /// - Parameters:
  ///   - texts: With a tokenizer.
  ///   - folder: Where the tokenizer's chat templates are.
  ///   - template: A `.jinja` file, or the template itself; the folder's default where nil.
  ///   - system: What the model is told first; nothing where nil.
  /// - Throws: `ChatError` where there is no template; `TemplateError`; `FileReadError`.
  public init(
    _ texts: TextGenerator, folder: String, template given: String? = nil, system: String? = nil
  ) throws {
    self.texts = texts
    self.system = system
    if let given {
      template = try ChatTemplate(
        setting: given, specialTokens: ChatTemplates.specialTokens(in: folder))
    } else {
      template = try ChatTemplates(folder: folder).template(nil)
    }
    messages = []
    reset()
  }

  /// Forgets what was said.
  public mutating func reset() {
    messages = system.map { [Self.message("system", $0)] } ?? []
  }

  /// Says something, and lets the model answer. Both become part of the conversation.
  /// - Parameter watch: Told each piece of the answer; it ends where this returns false, and stays as far as it came.
  /// - Throws: `TemplateError` where the template refuses what was said, which is forgotten then;
  ///   `GenerationError`, also where the conversation has become too long.
  public mutating func answer(
    _ text: String, settings: GenerationSettings? = nil,
    watch: (TextGenerator.Piece) throws -> Bool = { _ in true }
  ) throws -> TextAnswer {
    let said = messages + [Self.message("user", text)]
    let prompt = try template.render(ChatConversation(said), addGenerationPrompt: true)
    // The template writes the special tokens.
    let answer = try texts.answers(
      to: [texts.prompt(prompt, addingSpecialTokens: false)], settings: settings, watch: watch)[0]
    messages = said + [Self.message("assistant", answer.text ?? "")]
    return answer
  }

  private static func message(_ role: String, _ content: String) -> JSONValue {
    .map(["role": .text(role), "content": .text(content)])
  }
}
