import PeftBasics

/// A row that is a conversation: its messages, and what its chat template is given beside them.
struct Conversation: Sendable {
  /// Maps with `role` and `content`.
  let messages: [JSONValue]
  /// How many messages come before what is answered, where the row says so itself.
  let givenCount: Int?
  let tools: [JSONValue]?
  /// Variables of the template's own.
  let variables: [String: JSONValue]

  /// Nil where a row is none: `messages`, `conversations` as ShareGPT has them, or `prompt` and `completion` that
  /// are lists of messages.
  /// - Throws: `DataError.Reason.noMessages`, `.badMessage`, `.badRow`.
  init?(_ record: DataRecord) throws(DataError.Reason) {
    if let messages = Self.list("messages", of: record) {
      self.messages = try Self.messages(messages, of: "messages")
      givenCount = nil
    } else if let turns = Self.list("conversations", of: record) {
      messages = try Self.messages(turns.map(Self.message), of: "conversations")
      givenCount = nil
    } else if let prompt = Self.list("prompt", of: record),
      let completion = Self.list("completion", of: record)
    {
      let given = try Self.messages(prompt, of: "prompt")
      messages = given + (try Self.messages(completion, of: "completion"))
      givenCount = given.count
    } else {
      return nil
    }
    tools = try Self.tools(of: record)
    variables = try Self.variables(of: record)
  }

  private static func list(_ field: String, of record: DataRecord) -> [JSONValue]? {
    if case .list(let values)? = record.value(field) { values } else { nil }
  }

  /// Makes sure that a template can read messages.
  private static func messages(
    _ messages: [JSONValue], of field: String
  ) throws(DataError.Reason) -> [JSONValue] {
    guard !messages.isEmpty else { throw .noMessages(field: field) }
    for (index, message) in messages.enumerated() {
      guard case .map = message else {
        throw .badMessage(index: index, field: field, problem: "is \(message.kind), not an object")
      }
      guard case .text? = message["role"] else {
        throw .badMessage(
          index: index, field: field,
          problem: message["role"].map { "has a 'role' that is \($0.kind)" } ?? "has no 'role'")
      }
    }
    return messages
  }

  /// A turn of ShareGPT's rows as a message; what is none stays as it is.
  private static func message(_ turn: JSONValue) -> JSONValue {
    guard case .map(var members) = turn, case .text(let speaker)? = members["from"],
      let value = members["value"], members["role"] == nil
    else { return turn }
    members.removeValue(forKey: "from")
    members.removeValue(forKey: "value")
    members.updateValue(.text(roles[speaker] ?? speaker), forKey: "role", insertingAt: 0)
    members.updateValue(value, forKey: "content", insertingAt: 1)
    return .map(members)
  }

  /// Roles by the names that ShareGPT's rows have for them.
  private static let roles = [
    "human": "user", "gpt": "assistant", "chatgpt": "assistant", "bing": "assistant",
    "bard": "assistant", "model": "assistant", "bot": "assistant", "observation": "tool",
    "function_response": "tool",
  ]

  /// Descriptions of tools, as a list or as JSON in a text.
  private static func tools(of record: DataRecord) throws(DataError.Reason) -> [JSONValue]? {
    switch record.value("tools") {
    case nil, .null?: return nil
    case .list(let tools)?: return tools.isEmpty ? nil : tools
    case .text(let text)?:
      var json = text
      let parsed = json.withUTF8 { try? JSONValue(UnsafeRawBufferPointer($0)) }
      if case .list(let tools)? = parsed { return tools.isEmpty ? nil : tools }
    default: break
    }
    throw .badRow(
      problem: "'tools' is no list of tools",
      fix: "write a list of objects, as JSON Schema has them")
  }

  private static func variables(
    of record: DataRecord
  ) throws(DataError.Reason) -> [String: JSONValue] {
    switch record.value("chat_template_kwargs") {
    case nil, .null?: return [:]
    case .map(let members)?: return Dictionary(members.map { ($0, $1) }) { $1 }
    default:
      throw .badRow(
        problem: "'chat_template_kwargs' is not an object",
        fix: "write {\"name\": value, …} with the variables of the chat template")
    }
  }
}
