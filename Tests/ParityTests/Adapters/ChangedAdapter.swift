import Foundation
import Peft
import Testing

/// A recorded adapter in a folder of its own, where its files can be changed; gone with the last user.
final class ChangedAdapter {
  private let place = FileManager.default.temporaryDirectory
    .appending(path: "peft-changed-\(UUID().uuidString)")
  let name: String
  var path: String { place.appending(path: "adapter").path }

  /// - Parameters:
  ///   - settings: Changes the fields of the configuration.
  ///   - metadata: Takes the place of the file's texts.
  ///   - change: Changes the tensors.
  init(
    _ name: String, settings: (inout [String: Any]) -> Void = { _ in },
    metadata: [String: String] = ["format": "pt"],
    change: (inout [String: Tensor]) -> Void
  ) throws {
    self.name = name
    let original = Recorded.folder.appending(path: "adapted/\(name)")
    try FileManager.default.createDirectory(
      at: place.appending(path: "adapter"), withIntermediateDirectories: true)
    let data = try Data(contentsOf: original.appending(path: "adapter_config.json"))
    var fields = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    settings(&fields)
    try JSONSerialization.data(withJSONObject: fields)
      .write(to: URL(filePath: "\(path)/adapter_config.json"))
    var tensors = try Self.tensors(in: original.path)
    change(&tensors)
    try SafetensorsWriter.write(
      tensors, metadata: metadata, to: "\(path)/adapter_model.safetensors")
  }

  /// An unchanged copy.
  convenience init(_ name: String) throws { try self.init(name) { _ in } }

  deinit { try? FileManager.default.removeItem(at: place) }

  /// The path of another folder beside the adapter's.
  func beside(_ name: String) -> String { place.appending(path: name).path }

  var folder: AdapterFolder { get throws { try AdapterFolder(path) } }

  /// What an error says, with the folders' own names only.
  func message(_ body: () throws -> Void) -> String? {
    do { try body() } catch {
      return "\(error)".replacingOccurrences(of: place.path + "/", with: "")
    }
    return nil
  }

  static func tensors(in folder: String) throws -> [String: Tensor] {
    let file = try SafetensorsFile(path: "\(folder)/adapter_model.safetensors")
    var tensors: [String: Tensor] = [:]
    for name in file.names { tensors[name] = file.tensor(name) }
    return tensors
  }

  static func settings(in folder: String) throws -> NSDictionary {
    let data = try Data(contentsOf: URL(filePath: "\(folder)/adapter_config.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? NSDictionary)
  }
}

extension Tensor {
  /// Whether shape, type and every bit are the same.
  func isSame(as other: Tensor?) -> Bool {
    guard let other, shape == other.shape, type == other.type else { return false }
    return withUnsafeBytes { bytes in other.withUnsafeBytes { bytes.elementsEqual($0) } }
  }

  /// The tensor with one entry replaced.
  func replacing(_ index: Int, _ change: (Float) -> Float) -> Tensor {
    var floats = floats()
    floats[index] = change(floats[index])
    return Tensor(floats, shape: shape)
  }
}
