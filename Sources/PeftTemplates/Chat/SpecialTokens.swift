import PeftBasics

/// The special tokens that the files of a tokenizer name. Tokens that only a tokenizer's class knows by default are
/// not among them.
enum SpecialTokens {
  static let configurationFile = "tokenizer_config.json"
  private static let mapFile = "special_tokens_map.json"

  private static let names = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]

  /// What a JSON file holds, if there is one.
  static func object(_ path: String) throws -> JSONValue? {
    guard Paths.kind(of: path) != nil else { return nil }
    do {
      return try JSONValue(path: path)
    } catch let mistake as JSONMistake {
      throw ChatError(.notJSON(mistake), at: .file(path))
    }
  }

  /// As transformers reads them: where `tokenizer_config.json` has no `added_tokens_decoder`, what
  /// `special_tokens_map.json` says comes before it.
  static func tokens(in folder: String, _ configuration: JSONValue?) throws -> [String: String] {
    var tokens: [String: String] = [:]
    try add(configuration, from: "\(folder)/\(configurationFile)", to: &tokens)
    if configuration?["added_tokens_decoder"] == nil {
      let path = "\(folder)/\(mapFile)"
      try add(object(path), from: path, to: &tokens)
    }
    return tokens
  }

  private static func add(
    _ file: JSONValue?, from path: String, to tokens: inout [String: String]
  ) throws {
    for name in names {
      guard let value = file?[name] else { continue }
      switch value {
      case .null: tokens[name] = nil
      case .text(let text): tokens[name] = text
      default:
        guard let text = value["content"]?.string else {
          throw ChatError(
            .wrongKind(found: value.kind, expected: "a token"), at: .file(path, part: name))
        }
        tokens[name] = text
      }
    }
  }
}
