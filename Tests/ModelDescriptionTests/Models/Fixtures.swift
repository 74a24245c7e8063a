import Foundation
import ModelDescription
import ModelGraph

/// The files of `Tests/Fixtures`: what transformers answers for the bundled models.
enum Fixtures {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

  static func data(_ path: String) throws -> Data {
    try Data(contentsOf: folder.appendingPathComponent(path))
  }

  static func decode<Value: Decodable>(_ path: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: data(path))
  }

  /// The names of a folder's JSON files, without their ending.
  static func names(in path: String) -> [String] {
    let files = try? FileManager.default.contentsOfDirectory(
      atPath: folder.appendingPathComponent(path).path)
    return (files ?? []).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }
}

/// `modules/FAMILY.json`: one model with two layers, module by module.
struct ModuleFixture: Decodable {
  let model: String
  let layers: Int
  let modelType: String
  let outputEmbedding: String?
  let tied: [[String]]
  /// The rows of embeddings that are not trained.
  let padding: [String: Int]
  let modules: [[String]]
  let parameters: [NamedShape]

  enum CodingKeys: String, CodingKey {
    case model, layers, tied, padding, modules, parameters
    case modelType = "model_type"
    case outputEmbedding = "output_embeddings"
  }

  struct NamedShape: Decodable, Equatable, CustomStringConvertible {
    let name: String
    let shape: [Int]

    init(name: String, shape: [Int]) {
      self.name = name
      self.shape = shape
    }

    init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      name = try values.decode(String.self)
      shape = try values.decode([Int].self)
    }

    var description: String { "\(name) \(shape)" }
  }
}

/// `models.json`: every bundled model at full size.
struct ModelFixtures: Decodable {
  let models: [Model]

  struct Model: Decodable, CustomStringConvertible {
    let model: String
    let parameters: Int
    let modules: Int
    /// Hashes of the paths, and of the names and shapes of parameters.
    let paths: String
    let shapes: String?
    let outputEmbedding: String?
    let padding: [String: Int]?

    enum CodingKeys: String, CodingKey {
      case model, parameters, modules, paths, shapes, padding
      case outputEmbedding = "output_embeddings"
    }

    var description: String { model }
  }
}

extension Graph {
  /// Everything but the name, line by line, so that a difference shows where it is.
  var listing: [String] {
    var lines = modules.modules.map { "module \($0.path): \($0.kind)" }
    lines += parameters.map { "parameter \($0.name) \($0.shape)" }
    lines += inputs.map { "input \($0.name) \(self[$0.value].type) \($0.isOptional)" }
    lines += nodes.map { "node \($0.operation) \($0.operands) \($0.module)" }
    lines += outputs.map { "output \($0.name) \($0.value)" }
    return lines + ["origin \(origin)"]
  }

  /// The rows of embeddings that are not trained, by the paths of their modules.
  var paddingRows: [String: Int] {
    let rows = nodes.compactMap { node in
      (node.operation as? Embedding)?.padding.map { (node.module, $0) }
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  /// Names and shapes as PyTorch's `named_parameters()` lists them.
  var namedShapes: [ModuleFixture.NamedShape] {
    modules.parameters.map { .init(name: self[$0].name, shape: self[$0].shape) }
  }
}

/// FNV-1a with 64 bits over lines, as the fixtures' generator computes it.
func hash(_ lines: [String]) -> String {
  let hash = lines.joined(separator: "\n").utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
    ($0 ^ UInt64($1)) &* 0x100_0000_01b3
  }
  let digits = String(hash, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

/// Everything an error prints; "nothing" where nothing is thrown.
func printed(_ body: () throws -> Void) -> String {
  do { try body() } catch { return "\(error)" }
  return "nothing"
}

/// A folder that is removed with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "models-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, in folders that are made where they are missing, and returns its path.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let url = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
    return url.path
  }
}
