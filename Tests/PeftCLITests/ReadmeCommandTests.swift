import Foundation
import PeftBasics
import PeftTestSupport
import Testing

/// Runs what the README says to run, in a folder with nothing but the repository's `Tests`, and
/// compares what it says comes out.
@Suite("The README's commands") struct ReadmeCommandTests {
  @Test("Every command prints what the README shows, in the order of the README")
  func commands() throws {
    let folder = try TemporaryFolder()
    try folder.makeLink("Tests", to: Repository.root.appending(path: "Tests").path)
    let blocks = try Self.blocks()
    var shown = 0
    for (index, block) in blocks.enumerated() {
      if block.language == "yaml" {
        let name = try #require(block.fileName, "a YAML block without '# FILE.yaml' on top")
        try folder.file(name, block.text)
      }
      guard block.language == "sh", let command = Self.arguments(of: block.text),
        // It trains for minutes in a debug build. `ShiftExampleTests` check what it shows.
        command.first != "example"
      else { continue }
      let process = try PeftProcess(
        arguments: command,
        // No rates of this machine: other machines have others.
        environment: ["NO_COLOR": "1", "XDG_CACHE_HOME": folder.path("cache")], in: folder.url)
      guard let next = blocks.dropFirst(index + 1).first else { continue }
      let printed = process.errors + process.output
      switch next.language {
      case "text": #expect(printed == next.text, "\(block.text)")
      case "console": #expect(Self.isExcerpt(next.text, of: printed), "\(printed)")
      default: continue
      }
      shown += 1
    }
    // All that is shown but what the example prints.
    #expect(shown == blocks.count { ["text", "console"].contains($0.language) } - 1)
  }

  @Test("The picture in the README is what its command draws")
  func picture() throws {
    let folder = try TemporaryFolder()
    let block = try #require(try Self.blocks().first { $0.text.contains("--chart") })
    let arguments = try #require(Self.arguments(of: block.text))
    _ = try PeftProcess(arguments: arguments, in: folder.url)
    let name = try #require(arguments.last)
    let kept = try Repository.text("Sources/Peft/Peft.docc/Resources/\(name)")
    #expect(
      try folder.text(name) == kept, "copy the new \(name) to Sources/Peft/Peft.docc/Resources")
  }

  // MARK: Reading the README

  private struct Block {
    let language: String
    let text: String

    /// The name after `# ` in the first line.
    var fileName: String? {
      guard let first = text.split(separator: "\n").first, first.hasPrefix("# ") else { return nil }
      return String(first.dropFirst(2))
    }
  }

  private static func blocks() throws -> [Block] {
    let text = try Repository.text("README.md")
    var blocks: [Block] = []
    var open: (language: String, lines: [Substring])?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let block = open {
        if line == "```" {
          let text = block.lines.map { $0 + "\n" }.joined()
          blocks.append(Block(language: block.language, text: text))
          open = nil
        } else {
          open?.lines.append(line)
        }
      } else if line.hasPrefix("```") {
        open = (String(line.dropFirst(3)), [])
      }
    }
    return blocks
  }

  /// Whether lines come in this order, with `…` for those that are left out. The numbers of a line with
  /// measured ones may be others.
  private static func isExcerpt(_ excerpt: String, of text: String) -> Bool {
    func comparable(_ text: String) -> [String] {
      text.split(separator: "\n").map { line in
        line.contains(".") ? String(line).replacing(/[0-9][0-9.,e-]*/, with: "0") : String(line)
      }
    }
    var rest = comparable(text)[...]
    for line in comparable(excerpt) where line != "…" {
      guard let place = rest.firstIndex(of: line) else { return false }
      rest = rest[(place + 1)...]
    }
    return true
  }

  /// The words after `peft`, without quotes; nil where the block runs something else.
  private static func arguments(of block: String) -> [String]? {
    let line = block.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !line.contains("\n"), let range = line.range(of: "peft ") else { return nil }
    var words: [String] = [""]
    var isQuoted = false
    for character in line[range.upperBound...] {
      switch character {
      case "'": isQuoted.toggle()
      case " " where !isQuoted: words.append("")
      default: words[words.count - 1].append(character)
      }
    }
    return words
  }
}
