import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftReports
import PeftTokenizers

/// What the files beside a tokenizer say of its tokens.
struct TokenFiles {
  private let names: DataRecord
  private let numbers: DataRecord

  /// - Parameter path: A folder, or a file in it.
  init(beside path: String) throws {
    let folder = Self.folder(of: path)
    names = try Self.record("\(folder)/tokenizer_config.json")
    numbers = try Self.record("\(folder)/config.json")
  }

  /// The folder that a tokenizer is in.
  /// - Parameter path: That folder, or a file in it.
  static func folder(of path: String) -> String {
    guard path.hasSuffix(".json") else { return path }
    return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  /// A token that both files may name: `eos_token` and `eos_token_id`.
  func token(_ name: String, _ tokenizer: Tokenizer) -> Int? {
    if let id = tokenizer.id(ofSpecialToken: name) { return id }
    if case .text(let text)? = names.value(name), let id = tokenizer.id(of: text) {
      return id
    }
    if case .text(let text)? = names.value("\(name).content"), let id = tokenizer.id(of: text) {
      return id
    }
    return number("\(name)_id")
  }

  func number(_ name: String) -> Int? {
    let text: String? =
      switch numbers.value(name) {
      // Llama 3 ends in several ways; the first is that of plain text.
      case .list(let values)?: values.first?.word
      case .text?, nil: nil
      case let value?: value.word
      }
    return text.flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 }
  }

  /// A file's fields; none where there is no file.
  private static func record(_ path: String) throws -> DataRecord {
    do {
      let file = try MappedFile(path: path)
      defer { withExtendedLifetime(file) {} }
      guard case .map(let fields) = try JSONValue(file.bytes) else {
        return DataRecord(fields: [:])
      }
      return DataRecord(fields: fields)
    } catch let error as FileReadError where error.reason == .notFound {
      return DataRecord(fields: [:])
    } catch let mistake as JSONMistake {
      throw DataError(.notJSON(mistake), path: path)
    }
  }
}
