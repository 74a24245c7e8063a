import PeftBasics

/// A chat template: Jinja that makes one text of a conversation, as `tokenizer.apply_chat_template` of
/// transformers 5.24 does.
///
/// ```swift
/// let template = try ChatTemplate("{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}")
/// let text = try template.render(ChatConversation([["role": "user", "content": "Hi"]]))
/// ```
/// Templates come from strangers: they can read what they are given and nothing else, and steps, output and
/// nesting have limits.
public struct ChatTemplate: Sendable {
  /// What `bos_token`, `eos_token` and the like stand for.
  public let specialTokens: [String: String]
  /// Whether the template says itself what the assistant's part is, by `{% generation %}`.
  public let marksGeneration: Bool
  private let source: SourceFile
  private let statements: [Statement]
  private let limits: TemplateLimits

  /// - Parameters:
  ///   - text: The template.
  ///   - path: What messages call it.
  /// - Throws: `TemplateError` where it cannot be read.
  public init(
    _ text: String, path: String = "chat template", specialTokens: [String: String] = [:]
  ) throws {
    try self.init(text, path: path, specialTokens: specialTokens, limits: TemplateLimits())
  }

  /// Reads the file of a template.
  /// - Throws: `FileReadError`, `ChatError`; `TemplateError` where it is no template.
  public init(file path: String, specialTokens: [String: String] = [:]) throws {
    try self.init(ChatTemplates.text(path), path: path, specialTokens: specialTokens)
  }

  /// The template that a setting is, or the file that it names.
  /// - Throws: As `init(file:specialTokens:)`.
  package init(setting: String, specialTokens: [String: String]) throws {
    self =
      try Self.isText(setting)
      ? ChatTemplate(setting, path: "chat_template", specialTokens: specialTokens)
      : ChatTemplate(file: setting, specialTokens: specialTokens)
  }

  /// Whether a setting is a template itself and not the name of one.
  package static func isText(_ setting: String) -> Bool {
    setting.contains("{{") || setting.contains("{%")
  }

  /// Whether it writes the date or the time.
  package var readsClock: Bool { source.text.contains("strftime_now") }

  package init(
    _ text: String, path: String = "chat template", specialTokens: [String: String] = [:],
    limits: TemplateLimits
  ) throws {
    source = SourceFile(path: path, text: Self.normalized(text))
    guard source.text.utf8.count <= TemplateLimits.templateBytes else {
      throw TemplateError(
        reason: .limit("a template of more than \(TemplateLimits.templateBytes.grouped) bytes"),
        range: SourceRange(file: source, from: 0, to: 1))
    }
    (statements, marksGeneration) = try Parser.statements(of: source)
    (self.specialTokens, self.limits) = (specialTokens, limits)
  }

  /// Lines that all end with `\n`, and not the last one.
  private static func normalized(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var isAfterReturn = false
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\r") {
        bytes.append(UInt8(ascii: "\n"))
      } else if byte != UInt8(ascii: "\n") || !isAfterReturn {
        bytes.append(byte)
      }
      isAfterReturn = byte == UInt8(ascii: "\r")
    }
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text of a conversation.
  /// - Parameter addGenerationPrompt: Whether to end with what the assistant's next message starts with.
  /// - Throws: `TemplateError` where the template fails or refuses; `ChatError` where the conversation is none.
  public func render(
    _ conversation: ChatConversation, addGenerationPrompt: Bool = false
  ) throws -> String {
    try run(conversation, addGenerationPrompt: addGenerationPrompt).text
  }

  /// The text, and what stands in `generation` tags as ranges of its characters.
  func run(
    _ conversation: ChatConversation, addGenerationPrompt: Bool
  ) throws -> (text: String, generated: [Range<Int>]) {
    let values = try conversation.values(specialTokens, addGenerationPrompt: addGenerationPrompt)
    let evaluator = Evaluator(
      source, variables: values, now: conversation.now ?? .now, limits: limits)
    let text = try evaluator.render(statements)
    return (text, evaluator.generated)
  }
}
