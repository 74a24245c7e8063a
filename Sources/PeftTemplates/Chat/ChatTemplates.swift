import PeftBasics

/// The chat templates of a checkpoint's folder, found where transformers 5.24 finds them:
/// `chat_template.jinja` and `additional_chat_templates/*.jinja`; where there is none of these,
/// `chat_template` in `tokenizer_config.json`, one template or several with names.
public struct ChatTemplates: Sendable {
  /// The name that a template alone has.
  public static let defaultName = "default"

  private static let templateFile = "chat_template.jinja"
  private static let additionalFolder = "additional_chat_templates"

  /// What `bos_token`, `eos_token` and the like stand for, as far as the folder says.
  public let specialTokens: [String: String]
  private let templates: [String: (text: String, path: String)]

  /// - Throws: `ChatError` or `FileReadError` where a file cannot be used, or there is no template.
  public init(folder: String) throws {
    let configuration = try SpecialTokens.object("\(folder)/\(SpecialTokens.configurationFile)")
    specialTokens = try SpecialTokens.tokens(in: folder, configuration)
    var templates = try Self.files(in: folder)
    if templates.isEmpty { templates = try Self.entries(of: configuration, in: folder) }
    guard !templates.isEmpty else { throw ChatError(.noTemplate, at: .file(folder)) }
    self.templates = templates
  }

  /// What the files of a tokenizer call `bos_token`, `eos_token` and the like.
  /// - Throws: `ChatError` or `FileReadError` where a file cannot be used.
  package static func specialTokens(in folder: String) throws -> [String: String] {
    try SpecialTokens.tokens(
      in: folder, SpecialTokens.object("\(folder)/\(SpecialTokens.configurationFile)"))
  }

  /// The names of the templates in alphabetical order.
  public var names: [String] { templates.keys.sorted() }

  /// A template, read and ready.
  /// - Parameters:
  ///   - name: Nil for the one that transformers takes: `tool_use` where there are tools and it is there, else
  ///     `default`.
  ///   - hasTools: Whether conversations come with tools.
  /// - Throws: `ChatError` where there is no such template, `TemplateError` where it cannot be read.
  public func template(_ name: String? = nil, hasTools: Bool = false) throws -> ChatTemplate {
    let chosen = name ?? (hasTools && templates["tool_use"] != nil ? "tool_use" : Self.defaultName)
    guard let (text, path) = templates[chosen] else {
      throw ChatError(
        name.map { .noSuchTemplate(name: $0, names: names) } ?? .noDefault(names: names))
    }
    return try ChatTemplate(text, path: path, specialTokens: specialTokens)
  }

  private static func files(in folder: String) throws -> [String: (text: String, path: String)] {
    var templates: [String: (text: String, path: String)] = [:]
    func add(_ name: String, _ path: String) throws {
      templates[name] = (try text(path), path)
    }
    let single = "\(folder)/\(templateFile)"
    if Paths.kind(of: single) != nil { try add(defaultName, single) }
    let additional = "\(folder)/\(additionalFolder)"
    guard Paths.kind(of: additional) == .folder else { return templates }
    let names: [String]
    do throws(OpenFolder.Refusal) {
      names = try OpenFolder(additional, followingLinks: true).names().map(\.text)
    } catch {
      throw FileReadError(code: error.code, path: additional)
    }
    for name in names where name.hasSuffix(".jinja") && !name.hasPrefix(".") {
      try add(String(name.dropLast(".jinja".count)), "\(additional)/\(name)")
    }
    return templates
  }

  /// A template's file.
  static func text(_ path: String) throws -> String {
    let file = try MappedFile(path: path)
    defer { withExtendedLifetime(file) {} }
    let limit = TemplateLimits.templateBytes
    guard file.bytes.count <= limit else {
      throw FileReadError(.tooLarge(bytes: file.bytes.count, limit: limit), path: path)
    }
    let text = String(decoding: file.bytes, as: UTF8.self)
    guard text.utf8.elementsEqual(file.bytes) else { throw ChatError(.notUTF8, at: .file(path)) }
    return text
  }

  private static func entries(
    of configuration: JSONValue?, in folder: String
  ) throws -> [String: (text: String, path: String)] {
    let path = "\(folder)/\(SpecialTokens.configurationFile)"
    func wrong(_ value: JSONValue?, _ expected: String) -> ChatError {
      ChatError(
        .wrongKind(found: value?.kind ?? "nothing", expected: expected),
        at: .file(path, part: "chat_template"))
    }
    switch configuration?["chat_template"] {
    case nil, .null?: return [:]
    case .text(let text)?: return [defaultName: (text, "\(path): chat_template")]
    case .list(let entries)?:
      return try entries.reduce(into: [:]) { templates, entry in
        guard let name = entry["name"]?.string, let text = entry["template"]?.string else {
          throw wrong(entry, "{\"name\": …, \"template\": …}")
        }
        templates[name] = (text, "\(path): chat_template \(name)")
      }
    case let other: throw wrong(other, "a template, or a list of them")
    }
  }
}
