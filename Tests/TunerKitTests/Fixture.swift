import Foundation

/// Reads what real Python and PEFT answered, from `Tests/Fixtures`.
enum Fixture {
  static func load<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appending(path: "Fixtures").appending(path: name)
    return try JSONDecoder().decode(type, from: Data(contentsOf: file))
  }
}
