import OrderedCollections
public import PeftBasics

/// What a chat template is given: messages, and what stands beside them.
public struct ChatConversation: Hashable, Sendable {
  /// Maps with `role`, `content` and whatever else the template reads.
  public var messages: [JSONValue]
  /// Descriptions of tools, as JSON Schema; nil where there are none.
  public var tools: [JSONValue]?
  public var documents: [JSONValue]?
  /// Variables of the template's own, such as `enable_thinking`; they replace special tokens of the same name.
  public var variables: [String: JSONValue]
  /// What `strftime_now` writes; the present moment where it is nil.
  public var now: TemplateTime?

  public init(
    _ messages: [JSONValue], tools: [JSONValue]? = nil, documents: [JSONValue]? = nil,
    variables: [String: JSONValue] = [:], now: TemplateTime? = nil
  ) {
    (self.messages, self.tools, self.documents) = (messages, tools, documents)
    (self.variables, self.now) = (variables, now)
  }

  /// The same with the first messages only.
  func first(_ count: Int) -> ChatConversation {
    var conversation = self
    conversation.messages = Array(messages.prefix(count))
    return conversation
  }

  private static let reserved = ["messages", "tools", "documents", "add_generation_prompt"]

  /// What the template's variables are, as transformers makes them of these.
  func values(
    _ specialTokens: [String: String], addGenerationPrompt: Bool
  ) throws -> [String: Value] {
    guard !messages.isEmpty else { throw ChatError(.noMessages) }
    if let name = Self.reserved.first(where: { variables[$0] != nil }) {
      throw ChatError(.reservedVariable(name))
    }
    var values = specialTokens.mapValues(Value.text)
    for (name, value) in variables { values[name] = try Value(value) }
    values["messages"] = try Value(
      .list(messages.enumerated().map { try Self.normalized($1, at: $0) }))
    values["tools"] = try Value(tools.map(JSONValue.list) ?? .null)
    values["documents"] = try Value(documents.map(JSONValue.list) ?? .null)
    values["add_generation_prompt"] = .bool(addGenerationPrompt)
    return values
  }

  /// The names under which a message has its reasoning; the first is what templates read.
  private static let reasoningNames = ["reasoning_content", "thinking", "reasoning"]

  /// A message without members that are null, and with its reasoning under the names that templates read.
  private static func normalized(_ message: JSONValue, at index: Int) throws -> JSONValue {
    guard case .map(var members) = message else {
      throw ChatError(.messageIsNoMap(index: index, found: message.kind))
    }
    members.removeAll { $0.value == .null }
    if let reasoning = reasoningNames.lazy.compactMap({ members[$0] }).first {
      if members["thinking"] == nil {
        members.updateValue(reasoning, forKey: "thinking", insertingAt: 0)
      }
      members["reasoning_content"] = reasoning
    }
    return .map(members)
  }
}
