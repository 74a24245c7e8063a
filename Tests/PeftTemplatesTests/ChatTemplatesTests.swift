import Foundation
import PeftBasics
import PeftTemplates
import PeftTestSupport
import Testing

@Suite("Chat templates of a checkpoint's folder") struct ChatTemplatesTests {
  private static let hello = ChatConversation([["role": "user", "content": "Hi"]])

  /// What a folder with these files renders.
  private func rendered(
    _ files: [String: String], name: String? = nil, hasTools: Bool = false
  ) throws -> String {
    try templates(files).template(name, hasTools: hasTools).render(Self.hello)
  }

  private func templates(_ files: [String: String]) throws -> ChatTemplates {
    let folder = try TemporaryFolder()
    for (name, text) in files {
      let file = folder.url.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    return try ChatTemplates(folder: folder.url.path)
  }

  @Test("A file comes before tokenizer_config.json, which may have one template or several")
  func places() throws {
    let configuration = #"{"chat_template": "config"}"#
    #expect(try rendered(["tokenizer_config.json": configuration]) == "config")
    let files = ["tokenizer_config.json": configuration, "chat_template.jinja": "file\r\n"]
    #expect(try rendered(files) == "file")
    let several = #"""
      {"chat_template": [{"name": "default", "template": "plain"}, {"name": "tool_use", "template": "tools"}]}
      """#
    #expect(try rendered(["tokenizer_config.json": several]) == "plain")
    #expect(try rendered(["tokenizer_config.json": several], hasTools: true) == "tools")
    #expect(try rendered(["tokenizer_config.json": several], name: "tool_use") == "tools")
  }

  @Test("Additional files have names, and leave the configuration's templates out")
  func additional() throws {
    let files = [
      "tokenizer_config.json": #"{"chat_template": "config"}"#,
      "additional_chat_templates/rag.jinja": "rag",
    ]
    #expect(try templates(files).names == ["rag"])
    #expect(try rendered(files, name: "rag") == "rag")
    #expect(
      message { _ = try rendered(files) }
        == """
        there are several chat templates, and none is the default
          fix: name one: rag
        """)
    let withDefault = files.merging(["chat_template.jinja": "main"]) { $1 }
    #expect(try templates(withDefault).names == ["default", "rag"])
    #expect(try rendered(withDefault) == "main")
  }

  @Test("Special tokens are texts or objects; special_tokens_map.json counts without a decoder")
  func specialTokens() throws {
    let template = "{{ bos_token }}{{ eos_token }}{{ pad_token is defined }}"
    let map = #"{"eos_token": "</map>", "bos_token": {"content": "<map>", "lstrip": false}}"#
    let plain = #"{"bos_token": "<a>", "eos_token": {"content": "</a>"}, "pad_token": null}"#
    let decoder = #"{"bos_token": "<a>", "eos_token": "</a>", "added_tokens_decoder": {}}"#
    let files = ["chat_template.jinja": template, "special_tokens_map.json": map]
    #expect(
      try rendered(["chat_template.jinja": template, "tokenizer_config.json": plain])
        == "<a></a>False")
    #expect(
      try rendered(files.merging(["tokenizer_config.json": plain]) { $1 }) == "<map></map>False")
    #expect(
      try rendered(files.merging(["tokenizer_config.json": decoder]) { $1 }) == "<a></a>False")
  }

  @Test("What cannot be used is an error that names the file")
  func errors() throws {
    func problem(_ files: [String: String]) -> String? { message { _ = try rendered(files) } }
    #expect(problem([:])?.contains("the folder has no chat template") == true)
    #expect(
      problem(["tokenizer_config.json": "{"])?.contains("tokenizer_config.json: not JSON") == true)
    #expect(
      problem(["tokenizer_config.json": #"{"chat_template": 5}"#])?
        .contains("expected a template, or a list of them, found a number") == true)
    #expect(
      problem(["tokenizer_config.json": #"{"chat_template": "x", "bos_token": 1}"#])?
        .contains("bos_token: expected a token, found a number") == true)
  }
}
