import Foundation

/// Writes the bundled descriptions as Swift source, so that the command finds them wherever it is.
///
/// Usage: `EmbedModels OUTPUT.swift MODEL.yaml…`
@main
struct EmbedModels {
  static func main() throws {
    guard CommandLine.arguments.count > 2 else {
      FileHandle.standardError.write(Data("usage: EmbedModels OUTPUT.swift MODEL.yaml…\n".utf8))
      exit(64)
    }
    let output = URL(fileURLWithPath: CommandLine.arguments[1])
    let entries = try CommandLine.arguments.dropFirst(2).sorted().map { path in
      let url = URL(fileURLWithPath: path)
      let name = url.deletingPathExtension().lastPathComponent
      let text = try String(contentsOf: url, encoding: .utf8)
      return "    \"\(name)\": ##\"\"\"\n\(text)\n\"\"\"##,"
    }
    let source = """
      enum BundledTexts {
        static let all: [String: String] = [
      \(entries.joined(separator: "\n"))
        ]
      }

      """
    try Data(source.utf8).write(to: output, options: .atomic)
  }
}
