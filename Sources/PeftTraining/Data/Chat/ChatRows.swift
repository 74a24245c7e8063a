import PeftBasics
import PeftTemplates

/// Makes texts of rows that are conversations, by a chat template.
struct ChatRows: Sendable {
  /// What a conversation becomes.
  struct Text: Sendable {
    let text: String
    /// The ranges of bytes that count for the loss, in their order.
    let counted: [Range<Int>]

    /// Whether a token that stands for these bytes counts: as in transformers, one that begins before what counts
    /// and ends in it does.
    func counts(_ token: Range<Int>) -> Bool {
      var (low, high) = (0, counted.count)
      while low < high {
        let middle = (low + high) / 2
        if counted[middle].upperBound <= token.lowerBound {
          low = middle + 1
        } else {
          high = middle
        }
      }
      guard low < counted.count else { return false }
      return counted[low].lowerBound < max(token.upperBound, token.lowerBound + 1)
    }
  }

  private let template: ChatTemplate
  /// That for conversations with tools, where it is another.
  private let toolTemplate: ChatTemplate?
  private let trainsOnAll: Bool
  private let now: TemplateTime

  /// The day that the texts have, where the templates ask for it.
  var date: ChatDate? {
    template.readsClock || toolTemplate?.readsClock ?? false ? ChatDate(now) : nil
  }

  /// - Throws: `DataError.Reason.noChatTemplate` where there is none; what is wrong with the template:
  ///   `ChatError`, `TemplateError`, `FileReadError`.
  init(_ settings: DataSettings, tokenizer folder: String?) throws {
    trainsOnAll = settings.trainOn == .all
    now = (settings.chatDate ?? .today).time
    let given = settings.chatTemplate
    if let given, ChatTemplate.isText(given) || given.hasSuffix(".jinja") {
      let tokens = try folder.map { try ChatTemplates.specialTokens(in: $0) } ?? [:]
      template = try ChatTemplate(setting: given, specialTokens: tokens)
      toolTemplate = nil
      return
    }
    guard let folder else { throw DataError.Reason.noChatTemplate }
    let templates: ChatTemplates
    do { templates = try ChatTemplates(folder: folder) } catch let error as ChatError
      where error.reason == .noTemplate && given == nil
    {
      throw DataError.Reason.noChatTemplate
    }
    template = try templates.template(given)
    toolTemplate = given == nil ? try templates.template(hasTools: true) : nil
  }

  /// - Throws: `DataError.Reason.badConversation` where the template refuses it, or where it cannot be told what
  ///   the assistant says.
  func text(of conversation: Conversation) throws(DataError.Reason) -> Text {
    let template = conversation.tools == nil ? template : toolTemplate ?? template
    let chat = ChatConversation(
      conversation.messages, tools: conversation.tools, variables: conversation.variables, now: now)
    do {
      if trainsOnAll {
        let text = try template.render(chat)
        return Text(text: text, counted: [0..<text.utf8.count])
      }
      guard let given = conversation.givenCount else {
        let marked = try template.markingAssistant(chat)
        return Text(text: marked.text, counted: marked.assistant)
      }
      let (text, start) = try template.answering(chat, after: given)
      return Text(text: text, counted: [start..<text.utf8.count])
    } catch {
      throw .badConversation(AnyDiagnosis(error))
    }
  }
}
