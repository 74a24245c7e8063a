package import Foundation

/// The repository that the tests were built from.
package enum Repository {
  package static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  package static func text(_ name: String) throws -> String {
    try String(contentsOf: root.appending(path: name), encoding: .utf8)
  }
}

/// The files of `Tests/Fixtures`: what PEFT, transformers, torch and others answered, and what they
/// wrote.
package enum Fixture {
  package static let folder = Repository.root.appending(path: "Tests/Fixtures")

  package static func path(_ name: String) -> String { folder.appending(path: name).path }

  package static func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: folder.appending(path: name))
  }

  package static func decode<Content: Decodable>(
    _ name: String, as type: Content.Type = Content.self
  ) throws -> Content {
    try JSONDecoder().decode(type, from: bytes(name))
  }

  /// The list at a key of a JSON file, where it has as many rows as its test replays.
  package static func rows<Row: Decodable>(
    _ name: String, at key: String, as type: Row.Type = Row.self, exactly count: Int,
    file: String = #filePath, line: Int = #line
  ) throws -> [Row] {
    let decoder = JSONDecoder()
    decoder.userInfo[RowList<Row>.key] = key
    return try decoder.decode(RowList<Row>.self, from: bytes(name)).rows
      .exactly(count, "\(key) of \(name)", file: file, line: line)
  }

  /// The names of a folder's JSON files, without their ending.
  package static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder))
      .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }
}

extension Fixture {
  /// The paths, in the base model, of modules that PEFT adapted: its copies of saved modules keep
  /// theirs.
  package static func basePaths(_ adapted: [String]) -> [String] {
    let paths = adapted.map { path in
      path.split(separator: ".").filter {
        !["modules_to_save", "default", "original_module"].contains($0)
      }.joined(separator: ".")
    }
    return Set(paths).sorted()
  }
}

extension Collection {
  /// The same rows, where there are as many as a test replays.
  /// - Parameter name: What they are, for the error.
  package func exactly(
    _ expected: Int, _ name: String, file: String = #filePath, line: Int = #line
  ) throws -> Self {
    guard count == expected else {
      let path = file.replacing(Repository.root.path + "/", with: "", maxReplacements: 1)
      throw RowCountError(
        rows: name, found: count, expected: expected, place: "\(path):\(line)")
    }
    return self
  }
}

/// A test whose rows are missing must not pass: in `@Test(arguments: try …)` this error fails it.
package struct RowCountError: Error, CustomStringConvertible {
  let rows: String
  let found: Int
  let expected: Int
  /// Where the expected number is written.
  let place: String

  package var description: String {
    "\(rows): found \(found), expected \(expected). Where rows were added, correct the number in \(place)"
  }
}

/// A list inside an object, at a key that the decoder carries.
private struct RowList<Row: Decodable>: Decodable {
  static var key: CodingUserInfoKey { CodingUserInfoKey(rawValue: "rows")! }
  let rows: [Row]

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let name = Name(stringValue: decoder.userInfo[Self.key] as? String ?? "")
    rows = try decoder.container(keyedBy: Name.self).decode([Row].self, forKey: name)
  }
}
