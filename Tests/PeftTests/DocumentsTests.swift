import Foundation
import Peft
import PeftTestSupport
import Testing

/// What documents name is there, and what they list is complete.
@Suite("Documents") struct DocumentsTests {
  private static let texts = ["Sources/Peft/Peft.docc/Design.md", "CONTRIBUTING.md"]

  @Test("The README lists every optimizer, schedule and format of data")
  func lists() throws {
    let bullets = try Repository.text("README.md").components(separatedBy: "\n- **")
    func words(_ heading: String) throws -> Set<String> {
      let bullet = try #require(bullets.first { $0.hasPrefix("\(heading)**") }, "\(heading)")
      return Set(
        bullet.split { !($0.isLetter || $0.isNumber || "._".contains($0)) }
          .map { $0.hasSuffix(".") ? String($0.dropLast()) : String($0) })
    }
    let methods = TrainingMethods.standard
    let named = methods.optimizers.map { "\($0)" } + methods.schedules.map { $0.name }
    for (heading, names) in [("Optimizers", named), ("Data", DataFormats.standard.endings)] {
      let missing = Set(names).subtracting(try words(heading)).sorted()
      #expect(missing == [], "add them to '\(heading)' in README.md")
    }
  }

  @Test("Files and types in code spans exist", arguments: texts)
  func names(path: String) throws {
    let roots = ["Sources/", "Plugins/", "Tests/", "Scripts/", "Models/", "Examples/", ".ci/"]
    let spans = try codeSpans(of: path)
    #expect(spans.count > 20)
    let known = try Self.known.get()
    let words = spans.filter { !$0.contains("--filter") }.flatMap { $0.split(separator: " ") }
    for word in Set(words.map(String.init)) {
      if roots.contains(where: word.hasPrefix) {
        let isThere = FileManager.default.fileExists(atPath: Repository.root.path + "/" + word)
        #expect(isThere, "\(path) names \(word), which does not exist")
      } else if let name = word.firstMatch(of: /^[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*(\.swift)?/) {
        let isThere = known.contains(String(name.0))
        #expect(isThere, "\(path) names \(name.0), which nothing here is called")
      }
    }
  }

  @Test("The design article has a line or a word for every target")
  func rooms() throws {
    let spans = Set(try codeSpans(of: Self.texts[0]))
    for folder in ["Sources", "Plugins"] {
      let targets = try FileManager.default.contentsOfDirectory(
        atPath: Repository.root.appending(path: folder).path)
      #expect(Set(targets).subtracting(spans).sorted() == [], "\(folder)")
    }
  }

  @Test("Every generator of fixtures is run by all.py, and every fixture is explained")
  func fixtures() throws {
    let folder = "Tests/Fixtures"
    let generators = try contents("\(folder)/generate").filter { name in
      try name.hasSuffix(".py") && name != "all.py"
        && Repository.text("\(folder)/generate/\(name)").contains("if __name__ == \"__main__\":")
    }
    #expect(generators.contains("optimizers.py"))
    let all = try Repository.text("\(folder)/generate/all.py")
    #expect(generators.filter { !all.contains("\"\($0)\"") } == [], "add them to SCRIPTS in all.py")
    let explained = try codeSpans(of: "\(folder)/README.md").map { $0.prefix { $0 != "/" } }
    let fixtures = try contents(folder).filter { $0 != "README.md" && $0 != "generate" }
    #expect(
      fixtures.filter { !explained.contains(Substring($0)) } == [],
      "add them to the table in \(folder)/README.md")
  }

  private func contents(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: Repository.root.appending(path: folder).path
    ).filter { !$0.hasPrefix(".") && !$0.hasPrefix("__") }.sorted()
  }

  /// What stands between backticks, without blocks of code.
  private func codeSpans(of path: String) throws -> [String] {
    let text = try Repository.text(path).replacing(/(?s)```.*?```/, with: "")
      .replacing("``", with: "`")
    return text.matches(of: /`([^`\n]+)`/).map { String($0.1) }
  }

  /// Names of targets, types and files here, and of what belongs to others.
  private static let known = Result {
    let others = ["Conv1D", "Models", "Regex", "Tokenizers", "Training"]
    let manifest = try Repository.text("Package.swift").matches(of: /name: "(\w+)"/)
    let top = try FileManager.default.contentsOfDirectory(atPath: Repository.root.path)
    var names = Set(others + manifest.map { String($0.1) } + top)
    for folder in ["Sources", "Plugins", "Tests"] {
      let root = Repository.root.appending(path: folder)
      let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
      for case let file as URL in try #require(files) where file.pathExtension == "swift" {
        let text = try String(contentsOf: file, encoding: .utf8)
        names.insert(file.lastPathComponent)
        names.formUnion(
          text.matches(of: /\b(?:struct|enum|class|protocol|typealias) (\w+)/).map { String($0.1) })
      }
    }
    return names
  }
}
