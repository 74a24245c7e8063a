/// The text of a conversation, and which parts of it the assistant says.
public struct MarkedChat: Hashable, Sendable {
  public let text: String
  /// Ranges of the text's UTF-8 bytes, in their order.
  public let assistant: [Range<Int>]
}

extension ChatTemplate {
  /// Renders a conversation, and finds what the assistant says in it.
  ///
  /// That is what stands in `{% generation %}` tags, where the template has them; it is what transformers' mask of
  /// assistant tokens covers. Else it is what each of the assistant's messages adds: the conversation up to the
  /// message with a generation prompt, and with the message, must both be what the whole text starts with.
  /// - Throws: What `render` throws; `ChatError` where a turn cannot be told, such as with templates that take
  ///   earlier reasoning away.
  public func markingAssistant(_ conversation: ChatConversation) throws -> MarkedChat {
    let (text, generated) = try run(conversation, addGenerationPrompt: false)
    if marksGeneration { return MarkedChat(text: text, assistant: Self.bytes(generated, of: text)) }
    let turns = conversation.messages.indices.filter {
      conversation.messages[$0]["role"]?.string == "assistant"
    }
    return MarkedChat(
      text: text,
      assistant: try turns.map { try turn($0, of: conversation, text) }.filter { !$0.isEmpty })
  }

  /// Renders a conversation whose last messages answer those before them.
  /// - Parameter count: How many messages come before the answer.
  /// - Returns: The text, and how many bytes of it come before the answer.
  /// - Throws: What `render` throws; `ChatError` where the text does not start with what comes before the answer.
  package func answering(
    _ conversation: ChatConversation, after count: Int
  ) throws -> (text: String, start: Int) {
    let given = try render(conversation.first(count), addGenerationPrompt: true)
    let text = try render(conversation)
    guard text.hasBytesPrefix(given) else {
      throw ChatError(
        .ambiguousTurn(
          message: count,
          why: "with it, the text does not start with the prompt that is before it"))
    }
    return (text, given.utf8.count)
  }

  /// Ranges of characters as ranges of bytes, as far as the text has them.
  private static func bytes(_ ranges: [Range<Int>], of text: String) -> [Range<Int>] {
    let wanted = ranges.flatMap { [$0.lowerBound, $0.upperBound] }.sorted()
    var offsets: [Int: Int] = [:]
    var (characters, bytes, next) = (0, 0, 0)
    for scalar in text.unicodeScalars {
      while next < wanted.count, wanted[next] <= characters {
        offsets[wanted[next]] = bytes
        next += 1
      }
      characters += 1
      bytes += UTF8.width(scalar)
    }
    return ranges.compactMap { range in
      let start = offsets[range.lowerBound] ?? bytes
      let end = offsets[range.upperBound] ?? bytes
      return start < end ? start..<end : nil
    }
  }

  /// What the assistant's message adds to the text.
  private func turn(
    _ index: Int, of conversation: ChatConversation, _ text: String
  ) throws -> Range<Int> {
    func ambiguous(_ why: String) -> ChatError {
      ChatError(.ambiguousTurn(message: index, why: why))
    }
    guard index > 0 else { throw ambiguous("no message comes before it") }
    let before: String
    let through: String
    do {
      before = try render(conversation.first(index), addGenerationPrompt: true)
      through = try render(conversation.first(index + 1))
    } catch let error as TemplateError {
      throw ambiguous("the template fails without the messages behind it (\(error.problem))")
    }
    guard through.hasBytesPrefix(before) else {
      throw ambiguous("with it, the text does not start with the prompt that is before it")
    }
    guard text.hasBytesPrefix(through) else {
      throw ambiguous("it is written otherwise when more messages follow")
    }
    return before.utf8.count..<through.utf8.count
  }
}
