public import PeftBasics

/// A conversation, or a folder's template, that cannot be used.
public struct ChatError: Diagnosis, Hashable {
  public enum Reason: Hashable, Sendable {
    case noMessages
    case messageIsNoMap(index: Int, found: String)
    case reservedVariable(String)
    case noTemplate
    case noDefault(names: [String])
    case noSuchTemplate(name: String, names: [String])
    case notJSON(JSONMistake)
    case wrongKind(found: String, expected: String)
    case notUTF8
    /// Where the assistant's turns are cannot be told.
    case ambiguousTurn(message: Int, why: String)
  }

  public let reason: Reason
  public let place: DiagnosisPlace?

  init(_ reason: Reason, at place: DiagnosisPlace? = nil) {
    (self.reason, self.place) = (reason, place)
  }

  public var words: (problem: String, fix: String?) {
    switch reason {
    case .noMessages: ("the conversation has no messages", "give one message at least")
    case .messageIsNoMap(let index, let found):
      (
        "message \(index + 1) is \(found), not an object",
        "write messages as {\"role\": …, \"content\": …}"
      )
    case .reservedVariable(let name):
      ("'\(name)' is set by every rendering", "give the variable another name")
    case .noTemplate:
      (
        "the folder has no chat template",
        "add chat_template.jinja, or 'chat_template' in tokenizer_config.json"
      )
    case .noDefault(let names):
      (
        "there are several chat templates, and none is the default",
        "name one: \(names.map(\.shown).joined(separator: ", "))"
      )
    case .noSuchTemplate(let name, let names):
      (
        "there is no chat template '\(name.shown)'",
        "name one that is there: \(names.map(\.shown).joined(separator: ", "))"
      )
    case .notJSON(let mistake): ("not JSON: \(mistake.problem)", "copy the file again")
    case .wrongKind(let found, let expected):
      ("expected \(expected), found \(found)", "correct the file, or save the tokenizer again")
    case .notUTF8: ("the template is not UTF-8", "save it as UTF-8")
    case .ambiguousTurn(let message, let why):
      (
        "which part of the text message \(message + 1), the assistant's, becomes cannot be told: \(why)",
        "put '{% generation %}' and '{% endgeneration %}' around the assistant's part of the template, or train on all tokens"
      )
    }
  }
}
