/// A part of a template's text, or a statement.
struct Statement: Sendable {
  let kind: Kind
  let place: Place

  indirect enum Kind: Sendable {
    case text(String)
    case print(Expression)
    case forLoop(ForLoop)
    case branches([(test: Expression, body: [Statement])], otherwise: [Statement])
    case set(Target, Expression)
    /// `{% set name | filter %}…{% endset %}`
    case setBlock(Target, filter: Expression?, body: [Statement])
    case macro(Macro)
    /// `{% call(arguments) macro() %}…{% endcall %}`
    case callBlock(Macro, call: Expression)
    case filterBlock(Expression, body: [Statement])
    case with([(target: Target, value: Expression)], body: [Statement])
    /// What the assistant says: a tag of transformers.
    case generation([Statement])
    case breakLoop
    case continueLoop
  }

  struct ForLoop: Sendable {
    let target: Target
    let sequence: Expression
    let test: Expression?
    let isRecursive: Bool
    let body: [Statement]
    let otherwise: [Statement]
  }

  struct Macro: Sendable {
    /// Nil for what a `call` block passes on.
    let name: String?
    let parameters: [(name: String, initial: Expression?)]
    let body: [Statement]
    /// Which of `caller`, `varargs` and `kwargs` the body mentions.
    let mentions: Set<String>
  }

  /// What is assigned to.
  indirect enum Target: Sendable {
    case name(String)
    case tuple([Target])
    /// Of a namespace.
    case attribute(String, of: String)
  }
}
