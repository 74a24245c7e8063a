import Foundation
import PeftTestSupport

/// Inputs to start from: files of this repository, the short ones.
enum Seeds {
  /// The files of a folder, and of folders in it, whose names end in a certain way.
  static func files(
    _ folder: String, _ ending: String, shorterThan longest: Int = 6_000
  ) throws -> [Data] {
    let root = Repository.root.appending(path: folder)
    let names =
      FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
    return try names.sorted().filter { $0.hasSuffix(ending) }
      .map { try Data(contentsOf: root.appending(path: $0)) }
      .filter { $0.count < longest }
  }

  static func texts(_ texts: String...) -> [Data] { texts.map { Data($0.utf8) } }

  /// The blocks of code of one language in a document.
  static func blocks(of language: String, in name: String) throws -> [Data] {
    try Repository.text(name).split(separator: "```\(language)\n").dropFirst().map {
      Data(($0.split(separator: "```", omittingEmptySubsequences: false).first ?? "").utf8)
    }
  }

  /// All strings in a JSON file.
  static func strings(in name: String) throws -> [Data] {
    func strings(_ value: Any) -> [String] {
      switch value {
      case let text as String: [text]
      case let list as [Any]: list.flatMap(strings)
      case let object as [String: Any]: object.values.flatMap(strings)
      default: []
      }
    }
    let root = try JSONSerialization.jsonObject(with: Fixture.bytes(name))
    return Set(strings(root)).sorted().map { Data($0.utf8) }
  }
}

/// Files that every input of a target is written to in its turn, removed at the end of the process.
final class Scratch: Sendable {
  private let folder: Result<TemporaryFolder, any Error>

  private init() { folder = Result { try TemporaryFolder() } }

  static let shared: Scratch = {
    atexit { try? FileManager.default.removeItem(atPath: Scratch.shared.path()) }
    return Scratch()
  }()

  /// - Returns: The file's path.
  func write(_ name: String, _ bytes: Data) throws -> String { try folder.get().file(name, bytes) }

  func path(_ name: String = "") throws -> String { try folder.get().path(name) }

  func clear(_ name: String) throws {
    try? FileManager.default.removeItem(atPath: folder.get().path(name))
  }
}
