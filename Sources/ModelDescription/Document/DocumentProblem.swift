import PeftBasics

/// What can be wrong with a text as YAML or JSON, whatever it describes.
package enum DocumentProblem: Diagnosis, Equatable {
  case empty
  case syntax(SyntaxMistake)
  case tabIndentation
  case directive(String)
  case tag(String)
  case severalDocuments(firstLine: Int)
  case noKey
  case keyIsNotText(kind: String)
  /// It is a mapping or a list.
  case keyIsCollection(kind: String)
  case duplicateKey(String, firstLine: Int)
  case mergeKey
  case unknownAlias(String, nearest: String?)
  case aliasInsideItself(String)
  case aliasesExpandTooFar(String, limit: Int)
  case tooManyValues(limit: Int)
  /// The key that an expression with a comma stands for, where there is one, and its parts: all, or the
  /// first two.
  case splitExpression(key: String?, parts: [String], isWhole: Bool)
  case nestedTooDeep(limit: Int)

  package var words: (problem: String, fix: String?) { (message, remedy) }

  private var message: String {
    switch self {
    case .empty: "the file is empty; a mapping of keys to values is expected"
    case .syntax(let mistake): mistake.message
    case .tabIndentation: "a tab is used for indentation, which YAML does not allow"
    case .directive(let name): "'\(name)' directives are not read"
    case .tag(let tag): "tags such as '\(tag.inMessage)' are not read"
    case .severalDocuments(let line):
      "a second document starts here; the first, at line \(line), must be the only one"
    case .noKey: "a key must be text, but this one is nothing"
    case .keyIsNotText(let kind), .keyIsCollection(let kind):
      "a key must be text, but this one is \(kind)"
    case .duplicateKey(let key, let line):
      "the key '\(key.inMessage)' is written twice; the first is at line \(line)"
    case .mergeKey: "merge keys ('<<') are not read"
    case .unknownAlias(let name, _): "no anchor '&\(name.inMessage)' comes before this alias"
    case .aliasInsideItself(let name):
      "the alias '*\(name.inMessage)' stands inside the value that it repeats"
    case .aliasesExpandTooFar(let name, let limit):
      "the alias '*\(name.inMessage)' makes the document expand to more than \(limit) values"
    case .splitExpression(_, let parts, _):
      "a ',' inside {…} or […] ends a value: this is read as "
        + parts.map { "'\($0.inMessage)'" }.joined(separator: " and ")
    case .tooManyValues(let limit): "the document holds more than \(limit) values"
    case .nestedTooDeep(let limit): "mappings and lists nest deeper than \(limit) levels here"
    }
  }

  private var remedy: String? {
    switch self {
    case .empty: "write something like 'name: value', or check that this is the right file"
    case .syntax(let mistake): mistake.fix
    case .tabIndentation: "indent with spaces"
    case .directive: "remove this line"
    case .tag: "remove it; put quotes around a value that shall be text"
    case .severalDocuments: "put it into a file of its own"
    case .noKey: "write a word before the ':'"
    case .keyIsNotText: "put quotes around it"
    case .keyIsCollection: "write a word as the key; '{' and '[' start a value"
    case .duplicateKey: "keep one of the two"
    case .mergeKey: "write the keys out"
    case .unknownAlias(_, let nearest?): "did you mean '*\(nearest.inMessage)'?"
    case .unknownAlias(let name, nil):
      "write '&\(name.inMessage)' before the value it repeats, or put quotes around text with '*'"
    case .aliasInsideItself: "write the value out, or move the anchor"
    case .aliasesExpandTooFar: "repeat less, or write out the values that are needed"
    case .splitExpression(let key, let parts, let isWhole):
      "put quotes around it: "
        + ((key.map { "\($0): " } ?? "")
        + "\"\(parts.joined(separator: ", "))\(isWhole ? "" : ", …)")\"")
        .inMessage
    case .tooManyValues: "check that this is the right file; a description is short"
    case .nestedTooDeep: "check for brackets that are never closed, or nest less"
    }
  }
}
