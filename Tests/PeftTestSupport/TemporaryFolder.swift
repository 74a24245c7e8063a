package import Foundation

/// A folder for one test, removed with its last owner.
package final class TemporaryFolder: Sendable {
  package let url: URL
  package var path: String { url.path }

  package init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "peft-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  package func url(_ name: String) -> URL { url.appending(path: name) }

  package func path(_ name: String) -> String { "\(path)/\(name)" }

  /// What an error prints, without the folder's path; nil where nothing is thrown.
  package func message(_ body: () throws -> Void) -> String? {
    PeftTestSupport.message(body)?.replacing("\(path)/", with: "")
  }
}

extension TemporaryFolder {
  /// Writes a file, in folders that are made where they are missing, and gives its path.
  @discardableResult
  package func file(_ name: String, _ bytes: some DataProtocol) throws -> String {
    let file = url(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }

  @discardableResult
  package func file(_ name: String, _ text: String) throws -> String {
    try file(name, Data(text.utf8))
  }

  /// Copies a file or a folder, and gives the copy's path.
  @discardableResult
  package func copy(_ path: String, to name: String) throws -> String {
    try FileManager.default.copyItem(atPath: path, toPath: self.path(name))
    return self.path(name)
  }

  package func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(at: url(name), withIntermediateDirectories: true)
  }

  package func makeLink(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: target)
  }

  package func remove(_ name: String) throws { try FileManager.default.removeItem(at: url(name)) }

  /// Replaces a text that a file must contain.
  package func edit(_ name: String, _ old: String, _ new: String) throws {
    let text = try text(name)
    guard text.contains(old) else { throw MissingText(file: name, text: old) }
    try file(name, text.replacing(old, with: new))
  }
}

extension TemporaryFolder {
  /// What is in the folder, or in one inside it, hidden or not, in alphabetical order.
  package func names(in folder: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
  }

  package func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  package func bytes(_ name: String) throws -> Data { try Data(contentsOf: url(name)) }

  package func text(_ name: String) throws -> String {
    try String(contentsOf: url(name), encoding: .utf8)
  }

  package func mode(_ name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path(name))[.posixPermissions] as? Int
  }

  package func setMode(_ name: String, _ mode: Int) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
  }
}

private struct MissingText: Error, CustomStringConvertible {
  let file: String
  let text: String

  var description: String { "\(file) has no '\(text)'" }
}
