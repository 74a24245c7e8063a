import Foundation
import Peft
import PeftTestSupport
import Testing

/// A recorded adapter in a folder of its own, where its files can be changed; gone with the last user.
final class ChangedAdapter {
  private let place: TemporaryFolder
  let name: String
  var path: String { place.path("adapter") }

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
    place = try TemporaryFolder()
    let original = Fixture.path("adapted/\(name)")
    let read = try Self.settings(in: original)
    var fields = try #require(read as? [String: Any])
    settings(&fields)
    try place.file(
      "adapter/adapter_config.json", JSONSerialization.data(withJSONObject: fields))
    var tensors = try Self.tensors(in: original)
    change(&tensors)
    try SafetensorsWriter.write(
      tensors, metadata: metadata, to: "\(path)/adapter_model.safetensors")
  }

  /// An unchanged copy.
  convenience init(_ name: String) throws { try self.init(name) { _ in } }

  /// The path of another folder beside the adapter's.
  func beside(_ name: String) -> String { place.path(name) }

  var folder: AdapterFolder { get throws { try AdapterFolder(path) } }

  /// What an error says, with the folders' own names only.
  func message(_ body: () throws -> Void) -> String? { place.message(body) }

  static func tensors(in folder: String) throws -> [String: Tensor] {
    try SafetensorsFile(path: "\(folder)/adapter_model.safetensors").tensors
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
