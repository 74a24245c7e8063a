import ModelDescription
import ModelGraph
import PeftTestSupport

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

/// A row of `models.json`, a bundled model at full size, or of `hub.json`.
struct ModelFixture: Decodable, CustomStringConvertible {
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

/// The hash of lines, as the fixtures' generator computes it.
func hash(_ lines: [String]) -> String { fnv1a(lines.joined(separator: "\n").utf8) }

extension Graph {
  /// Everything but the name, line by line, so that a difference shows where it is.
  var listing: [String] {
    var lines = modules.modules.map { "module \($0.path): \($0.kind)" }
    lines += parameters.map { "parameter \($0.name) \($0.shape)" }
    lines += inputs.map { "input \($0.name) \(self[$0.value].type) \($0.isOptional)" }
    lines += nodes.map { "node \($0.operation) \($0.operands) \($0.module)" }
    lines += outputs.map { "output \($0.name) \($0.value)" }
    // A dictionary has no order.
    lines += origin.formerModules.sorted { $0.key < $1.key }.map { "former \($0.key) \($0.value)" }
    var other = origin
    other.formerModules = [:]
    return lines + ["origin \(other)"]
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
