import Foundation
import Peft
import PeftBasics

/// A folder for one test, gone afterwards.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("peft-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and gives its path.
  func file(_ name: String, _ text: String) throws -> String {
    let file = "\(path)/\(name)"
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    return file
  }

  var contents: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

enum TestModel {
  /// Fully connected layers of the given widths, one after another: `l0`, `l1`, …
  static func layers(_ widths: [Int], name: String = "test") throws -> Graph {
    let steps = widths.dropFirst().enumerated().map { index, width in
      "  - linear: {name: l\(index), out: \(width)\(index == 0 ? ", from: x" : "")}"
    }
    return try ModelDescription(
      text: """
        name: \(name)
        inputs:
          x: {type: numbers, shape: [batch, \(widths.first ?? 1)]}
        graph:
        \(steps.joined(separator: "\n"))
        outputs: {y: previous}

        """
    ).graph()
  }
}

extension TunerRequest {
  /// The settings of the only configuration, by their names in files.
  func values() throws -> [String: ConfigurationValue] {
    let values = try single().values
    return Dictionary(uniqueKeysWithValues: values.map { ($0.key, $0.value) })
  }
}

/// What an error prints.
func message(_ body: () throws -> Void) -> String? {
  do { try body() } catch { return "\(error)" }
  return nil
}
