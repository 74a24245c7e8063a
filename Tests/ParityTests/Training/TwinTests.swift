import CPUCore
import Peft
import PeftBasics
import PeftTestSupport
import Testing

/// Examples of `Models/` against the same networks in PyTorch; see `Tests/Fixtures/generate/twins.py`.
@Suite("Examples as modules of PyTorch") struct TwinTests {
  struct Twin: Decodable {
    let settings: [String: String]
    let parameters: Int
    let modules: [[String]]
    let shapes: [NamedShape]
  }

  /// `["stem.norm.weight", [8]]`
  struct NamedShape: Decodable, Equatable {
    let name: String
    let shape: [Int]

    init(name: String, shape: [Int]) { (self.name, self.shape) = (name, shape) }

    init(from decoder: any Decoder) throws {
      var pair = try decoder.unkeyedContainer()
      name = try pair.decode(String.self)
      shape = try pair.decode([Int].self)
    }
  }

  /// What PyTorch calls containers by classes of their own.
  private static let containers: Set<String> = ["Stem", "Block"]

  @Test("Modules, counts, outputs and gradients are PyTorch's", arguments: ["cnn"])
  func parity(name: String) throws {
    let twin = try Fixture.decode("twins/\(name).json", as: Twin.self)
    let settings = twin.settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    var graph = try ModelDescription(name, setting: settings).graph()
    let modules = graph.modules.modules.map { [$0.path, $0.kind.description] }
    let expected = twin.modules.map {
      [$0[0], Self.containers.contains($0[1]) ? "Container" : $0[1]]
    }
    #expect(modules == expected)
    #expect(graph.entryCount == twin.parameters)
    let ids = Array(graph.modules.parameters)
    let shapes = ids.map { NamedShape(name: graph[$0].name, shape: graph[$0].shape) }
    #expect(shapes == twin.shapes)

    let file = try SafetensorsFile(path: Fixture.path("twins/\(name).safetensors"))
    func tensor(_ name: String) throws -> Tensor { try #require(file.tensor(name), "\(name)") }
    var parameters: [Parameter.ID: Tensor] = [:]
    for parameter in graph.parameters {
      let id = try #require(graph.parameter(named: parameter.name))
      parameters[id] = try tensor("weight.\(parameter.name)")
    }
    let output = try #require(graph.outputs.first).value
    let seed = graph.addInput("upstream", type: graph[output].type)
    let values = try ids.map { try #require(graph.value(of: $0)) }
    let gradients = try graph.addGradients([(value: output, gradient: seed)], to: values)
    for (id, gradient) in zip(ids, gradients) {
      graph.addOutput("gradient.\(graph[id].name)", try #require(gradient))
    }
    try graph.validate()
    let inputs = try [
      "pixel_values": tensor("input.pixel_values"), "upstream": tensor("upstream"),
    ]
    let program = try Program(graph, shapes: inputs.mapValues(\.shape))
    for threads in [1, 2] {
      let found = try Executor(program, parameters: parameters, threads: threads).run(inputs)
      #expect(try #require(found["logits"]).distance(from: tensor("output.logits")) <= 1e-5)
      for name in ids.map({ "gradient.\(graph[$0].name)" }) {
        #expect(try #require(found[name]).distance(from: tensor(name)) <= 1e-5, "\(name)")
      }
    }
  }
}
