import PeftBasics
import PeftTemplates
import PeftTestSupport

/// The templates and conversations of `Tests/Fixtures/templates`, and what transformers makes of them.
enum TemplateFixture {
  static let now = TemplateTime(year: 2026, month: 2, day: 3, hour: 14, minute: 5, second: 9)
  static let tokens = [
    "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>",
  ]

  static func json(_ name: String) throws -> JSONValue {
    try JSONValue(path: Fixture.path("templates/\(name)"))
  }

  /// Every conversation by its name.
  static func conversations() throws -> [String: ChatConversation] {
    let all = try json("conversations.json").elements ?? []
    return Dictionary(
      uniqueKeysWithValues: try all.exactly(12, "conversations").map {
        ($0["name"]?.string ?? "", conversation($0))
      })
  }

  private static func conversation(_ json: JSONValue) -> ChatConversation {
    ChatConversation(
      json["messages"]?.elements ?? [], tools: json["tools"]?.elements,
      documents: json["documents"]?.elements, variables: members(json["variables"]), now: now)
  }

  /// What the lines of `expressions.txt` are given.
  static func expressionConversation() throws -> ChatConversation {
    ChatConversation(
      [["role": "user", "content": "-"]], variables: members(try json("variables.json")), now: now)
  }

  private static func members(_ json: JSONValue?) -> [String: JSONValue] {
    guard case .map(let members)? = json else { return [:] }
    return Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value) })
  }

  /// What transformers made of a template; nil for the text where it refused.
  struct Row {
    let template: String
    let conversation: String
    let hasPrompt: Bool
    let text: String?
    let spans: [Range<Int>]?
  }

  static func rows(_ name: String, exactly count: Int) throws -> [Row] {
    try (json(name)["rows"]?.elements ?? []).exactly(count, name).map { row in
      Row(
        template: row["template"]?.string ?? "", conversation: row["conversation"]?.string ?? "",
        hasPrompt: row["prompt"]?.bool ?? false, text: row["text"]?.string,
        spans: row["spans"]?.elements?.map { span in
          (span.elements?[0].integer ?? 0)..<(span.elements?[1].integer ?? 0)
        })
    }
  }
}

extension String {
  /// The same bytes, where `==` would also take canonically equivalent texts for equal.
  func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
