import ModelGraph
import PeftCheckpoints
import PeftTensors
import PeftTestSupport
import Testing

@Suite("A head that the files lack") struct MissingHeadTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A body of two layers with a head of two parts.
  private func graph() throws -> Graph {
    var graph = Graph(name: "test")
    for name in Self.shapes.keys.sorted() {
      _ = try graph.addParameter(Parameter(name: name, shape: Self.shapes[name] ?? []))
    }
    return graph
  }

  private static let shapes = [
    "body.first.weight": [4, 4], "body.second.weight": [4, 4], "body.pooler.weight": [4, 4],
    "head.dense.weight": [4, 4], "head.out.weight": [2, 4], "head.out.bias": [2],
    "scale.weight": [4],
  ]

  /// The graph's tensors but for some, and others.
  private func checkpoint(
    without missing: (String) -> Bool, and others: [String: [Int]] = [:]
  ) throws -> Checkpoint {
    let shapes = Self.shapes.filter { !missing($0.key) }.merging(others) { $1 }
    let path = "\(folder.path)/model.safetensors"
    try SafetensorsWriter.write(
      shapes.mapValues { shape in
        Tensor([Float](repeating: 1, count: shape.reduce(1, *)), shape: shape)
      }, to: path)
    return try Checkpoint(path: path)
  }

  private func ids(_ graph: Graph, in modules: String...) -> Set<Parameter.ID> {
    Set(modules.flatMap { graph.modules.parameters(within: $0) })
  }

  @Test("What is optional gets no tensor where it is missing, and its own where it is there")
  func optional() throws {
    let graph = try graph()
    let checkpoint = try checkpoint { $0.hasPrefix("head.out") }
    let weights = try checkpoint.tensors(for: graph, optional: ids(graph, in: "head"))
    #expect(weights.tensors.count == graph.parameters.count - 2)
    #expect(try weights[#require(graph.parameter(named: "head.dense.weight"))] != nil)
    #expect(try weights[#require(graph.parameter(named: "head.out.bias"))] == nil)
  }

  @Test(
    "One or two modules that are missing, one of them at the top, are a head",
    arguments: [
      (["head"], [], ["head"]),
      (["head", "scale"], [], ["head", "scale"]),
      (["body.pooler", "head"], [], ["body.pooler", "head"]),
      (["body.pooler"], ["head"], ["body.pooler", "head"]),
      (["body.pooler"], [], []),
      (["head.out"], [], []),
      (["body.first", "body.pooler", "head"], [], []),
      (["body", "head", "scale"], [], []),
    ])
  func heads(missing: [String], optional: [String], heads: [String]) throws {
    let graph = try graph()
    let checkpoint = try checkpoint { name in
      (missing + optional).contains { name.hasPrefix($0 + ".") }
    }
    let optional = Set(optional.flatMap { graph.modules.parameters(within: $0) })
    let error = #expect(throws: ParameterMismatch.self) {
      try checkpoint.tensors(for: graph, optional: optional)
    }
    #expect(error?.missingHeads == heads)
    let fix = "fix: write modules_to_save: [\(heads.joined(separator: ", "))] in the tuner to train"
    #expect(error?.description.contains(fix) == !heads.isEmpty)
  }

  @Test("A module of one of many layers is no head, whatever else is missing")
  func layers() throws {
    var graph = try graph()
    for layer in 2...3 {
      let name = "body.layers.\(layer).query.weight"
      _ = try graph.addParameter(Parameter(name: name, shape: [4, 4]))
    }
    let checkpoint = try checkpoint(
      without: { $0.hasPrefix("head.") }, and: ["body.layers.2.query.weight": [4, 4]])
    let error = #expect(throws: ParameterMismatch.self) { try checkpoint.tensors(for: graph) }
    #expect(error?.missingHeads == [])
  }

  @Test("A head in other sizes is not read where it need not be there, and advised on elsewhere")
  func otherSizes() throws {
    let graph = try graph()
    let checkpoint = try checkpoint(
      without: { $0.hasPrefix("head.out.") },
      and: ["head.out.weight": [9, 4], "head.out.bias": [9]])
    let found = try checkpoint.tensors(for: graph, optional: ids(graph, in: "head"))
    #expect(found.unused.map(\.name).sorted() == ["head.out.bias", "head.out.weight"])
    for unused in found.unused {
      let id = try #require(graph.parameter(named: unused.name))
      #expect(found[id] == nil && found.names[id] == nil)
    }
  }

  @Test("A tied weight that is there does not keep a head from being one")
  func tied() throws {
    var graph = try graph()
    let table = try #require(graph.parameter(named: "body.first.weight"))
    try graph.share(table, as: "weight", in: "head.decoder")
    let checkpoint = try checkpoint { $0.hasPrefix("head.") }
    let error = #expect(throws: ParameterMismatch.self) { try checkpoint.tensors(for: graph) }
    #expect(error?.missingHeads == ["head"])
  }

  @Test(
    "Names that hold all of it in the right shapes come first, others do not",
    arguments: [
      (["old.dense.weight": [4, 4], "old.out.weight": [2, 4], "old.out.bias": [2]], true),
      (["old.dense.weight": [4, 4], "old.out.weight": [9, 4], "old.out.bias": [9]], false),
      (["old.dense.weight": [4, 4], "old.norm.weight": [4]], false),
    ])
  func renamed(others: [String: [Int]], isRenamed: Bool) throws {
    let checkpoint = try checkpoint(without: { $0.hasPrefix("head.") }, and: others)
    let graph = try graph()
    let message = folder.message { _ = try checkpoint.tensors(for: graph) }
    #expect(message?.contains("with 'old.' in place of 'head.'") == isRenamed)
    #expect(message?.contains("modules_to_save: [head]") == !isRenamed)
  }
}
