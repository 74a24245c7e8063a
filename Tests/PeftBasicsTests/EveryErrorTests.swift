import Foundation
import PeftTestSupport
import Testing

/// What the compiler does not check of the scheme of diagnoses, in the sources of everything shipped.
@Suite("Every error") struct EveryErrorTests {
  /// Errors that only this package's code catches, so that no user sees them.
  private static let caughtInside: Set<String> = [
    "AlreadyReported", "EncodingProblem", "ExpressionError", "Failure", "Fault", "GaveUp",
    "Problem", "Reason", "Refusal", "ScratchError", "WrongMember",
  ]

  private static let sources: [(name: String, text: String)] = ["Sources", "Plugins", "Examples"]
    .flatMap { folder in
      let root = Repository.root.appending(path: folder)
      let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
      return (files?.compactMap { $0 as? URL } ?? [])
        .filter { $0.pathExtension == "swift" && !$0.path.contains("/.build/") }
        .map { ($0.lastPathComponent, (try? String(contentsOf: $0, encoding: .utf8)) ?? "") }
    }

  /// The types with what they conform to, first of all.
  private static let types: [(name: String, conformances: [String], file: String)] =
    sources.flatMap { file, text in
      text.matches(
        of: /(?:struct|enum|class|extension) ([\w.]+)(?:<[^>]*>)?: ([\w, .]+?)(?: where [^{]*)? \{/
      )
      .map { match in
        (
          String(match.1), match.2.split(separator: ", ").map(String.init), file
        )
      }
    }

  @Test("Whatever can be thrown at a user is a diagnosis")
  func diagnoses() {
    let diagnoses = Self.types.filter { $0.conformances.contains("Diagnosis") }
    // So many were there when this was written: a walk that finds nothing does not pass.
    #expect(diagnoses.count >= 60)
    let others = Self.types.filter { $0.conformances.contains("Error") }
    #expect(Set(others.map(\.name)) == Self.caughtInside)
  }

  @Test("No error writes its own text, and none has the word before its problem")
  func texts() {
    let files = Set(Self.types.filter { $0.conformances.contains("Diagnosis") }.map(\.file))
    for (name, text) in Self.sources {
      for line in text.split(separator: "\n") where !line.contains("///") {
        let isWritten = line.contains(#/("[^"]*|: |^ *)error: /#)
        #expect(!isWritten && !line.contains("\\n  fix: "), "\(name): \(line)")
      }
    }
    for file in files {
      let text = Self.sources.first { $0.name == file }?.text ?? ""
      let errors = text.matches(of: /: Diagnosis[^{]*\{((?:\n  .*|\n)*)\n\}/).map(\.1)
      #expect(!errors.contains { $0.contains("\n  public var description") }, "\(file)")
      #expect(!errors.contains { $0.contains("\n  var description") }, "\(file)")
    }
  }
}
