import OrderedCollections
import PeftBasics

/// The files of a tokenizer in a checkpoint's folder.
struct TokenizerFolder {
  let path: String
  /// `tokenizer_config.json`
  let configuration: Section?
  /// `special_tokens_map.json` and `added_tokens.json`, which earlier releases of transformers wrote.
  let specialTokensMap: Section?
  let addedTokens: Section?
  /// `config.json`
  private let model: Section?

  static let configurationName = "tokenizer_config.json"

  init(path: String) throws {
    self.path = path
    func section(_ name: String) throws -> Section? {
      try Self.optional("\(path)/\(name)") { bytes, path in
        do {
          let section = Section(value: try JSONValue(bytes), path: path, place: "")
          _ = try section.entries()
          return section
        } catch let mistake as JSONMistake {
          throw TokenizerError(reason: .notJSON(mistake), path: path, part: "")
        }
      }
    }
    configuration = try section(Self.configurationName)
    specialTokensMap = try section("special_tokens_map.json")
    addedTokens = try section("added_tokens.json")
    model = try section("config.json")
  }

  /// Reads a file of the folder; nil where there is none.
  func optional<Value>(
    _ name: String, _ read: (UnsafeRawBufferPointer, _ path: String) throws -> Value
  ) throws -> Value? {
    try Self.optional("\(path)/\(name)", read)
  }

  private static func optional<Value>(
    _ path: String, _ read: (UnsafeRawBufferPointer, _ path: String) throws -> Value
  ) throws -> Value? {
    let file: MappedFile
    do {
      file = try MappedFile(path: path)
    } catch let error where error.reason == .notFound {
      return nil
    }
    defer { withExtendedLifetime(file) {} }
    return try read(file.bytes, path)
  }

  func has(_ name: String) -> Bool { FileWriter.isThere("\(path)/\(name)") }

  // MARK: Classes

  /// The class that `tokenizer_config.json` names.
  var className: String? { configuration?.value["tokenizer_class"]?.string }
  /// The class that `config.json` names.
  var modelClassName: String? { model?.value["tokenizer_class"]?.string }
  var modelType: String? { model?.value["model_type"]?.string }
  /// Whether the tokenizer is said to be made by code in the folder.
  var hasOwnCode: Bool {
    switch configuration?.value["auto_map"] {
    case .list?: true
    case let map?: map["AutoTokenizer"].map { $0 != .null } ?? false
    case nil: false
    }
  }
}
