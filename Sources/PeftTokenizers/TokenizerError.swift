public import PeftBasics

/// A tokenizer's file that cannot be used, or a text that it cannot encode.
public struct TokenizerError: Diagnosis, Hashable {
  public enum Reason: Hashable, Sendable {
    case noTokenizer
    case onlySentencePiece(String)
    case noMerges
    case notUTF8
    case notJSON(JSONMistake)
    case missing(field: String)
    case wrongKind(found: String, expected: String)
    case unsupported(component: String)
    case unsupportedOption(String)
    case badID(String, limit: Int)
    case idTaken(id: Int, token: String, other: String)
    case duplicateToken(String)
    case idNotAsAssigned(id: Int, token: String, assigned: Int)
    case tokenTooLong(bytes: Int, limit: Int)
    case mergeIsNoPair(String)
    case mergeOfUnknown(token: String)
    case unknownToken(String)
    case noUnknownToken
    case unknownTokenOutOfRange(Int, count: Int)
    case badCharacterMap(String)
    case badPattern(String, problem: String)
    case patternGaveUp(String)
    case tooManyParts(Int, limit: Int)
    case growsTooMuch
    case noSuchID(Int)
  }

  public let reason: Reason
  /// The file, or the text's name where it came from memory.
  public let path: String
  /// Where in the file, such as `pre_tokenizer.pretokenizers[1]`; empty for the whole.
  public let part: String

  public var place: DiagnosisPlace? { .file(path, part: part.isEmpty ? nil : part.shown) }

  public var words: (problem: String, fix: String?) {
    switch reason {
    case .noTokenizer:
      ("the folder has no tokenizer.json", "save the tokenizer with save_pretrained")
    case .onlySentencePiece(let name):
      (
        "the folder has \(name), but no tokenizer.json",
        "load it with AutoTokenizer, and save it with save_pretrained"
      )
    case .noMerges: ("the folder has vocab.json, but no merges.txt", "copy the file, too")
    case .notUTF8: ("the file is not UTF-8", "save it as UTF-8")
    case .notJSON(let mistake): ("not JSON: \(mistake.problem)", "copy the file again")
    case .missing(let field): ("'\(field.shown)' is missing", "add it, or save the file again")
    case .wrongKind(let found, let expected):
      ("expected \(expected), found \(found)", "save the file again")
    case .unsupported(let component):
      ("'\(component.shown)' is not supported", "use a tokenizer without it")
    case .unsupportedOption(let option):
      ("the option '\(option.shown)' is not supported", "use a tokenizer without it")
    case .badID(let text, let limit):
      ("\(text.shown) is not an id", "ids are whole numbers from 0 to \(limit.grouped)")
    case .idTaken(let id, let token, let other):
      (
        "'\(token.shown)' and '\(other.shown)' both have the id \(id)",
        "give every token an id of its own"
      )
    case .duplicateToken(let token):
      ("the token '\(token.shown)' is listed twice", "remove one of the entries")
    case .idNotAsAssigned(let id, let token, let assigned):
      (
        "'\(token.shown)' has the id \(id), but the tokenizers library gives it \(assigned)",
        "write \(assigned), or fill the gap in the vocabulary"
      )
    case .tokenTooLong(let bytes, let limit):
      ("a token of \(bytes.grouped) bytes", "keep tokens to \(limit.grouped) bytes")
    case .mergeIsNoPair(let text):
      ("'\(text.shown)' is not a pair of tokens", "write two tokens with a space between them")
    case .mergeOfUnknown(let token):
      ("the token '\(token.shown)' is not in the vocabulary", "add it, or remove the merge")
    case .unknownToken(let token):
      ("'\(token.shown)' is not in the vocabulary", "add it, or name another token")
    case .noUnknownToken:
      ("the text has a character without a token, and 'unk_id' names none", "set unk_id")
    case .unknownTokenOutOfRange(let id, let count):
      ("no token has the id \(id.grouped)", "the vocabulary has \(count.grouped) tokens")
    case .badCharacterMap(let problem): (problem, "save the file again")
    case .badPattern(let pattern, let problem):
      ("'\(pattern.shown)' cannot be used: \(problem)", "say the same without it")
    case .patternGaveUp(let pattern):
      (
        "'\(pattern.shown)' gives up on the text: too many ways to match",
        "avoid a repeat inside a repeat, such as (a+)+"
      )
    case .tooManyParts(let count, let limit):
      ("\(count.grouped) parts", "keep to \(limit) of them")
    case .growsTooMuch:
      ("its replacements make the text many times as long", "use a tokenizer without them")
    case .noSuchID(let id): ("no token has the id \(id)", "check which tokenizer made the ids")
    }
  }
}
