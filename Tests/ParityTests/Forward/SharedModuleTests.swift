import CPUCore
import Peft
import PeftTestSupport
import Testing

@testable import PeftAdapters

/// A model that uses a module several times, adapted by PEFT; see `Tests/Fixtures/generate/shared.py`.
struct RecordedSharing: Decodable, Sendable, CustomTestStringConvertible {
  struct Base: Decodable, Sendable, CustomTestStringConvertible {
    let model: String
    let modules: [String]
    let parameters: Int

    static func all() throws -> [Base] {
      try Fixture.rows("shared/manifest.json", at: "models", exactly: 3)
    }

    var testDescription: String { model }
  }

  let folder: String
  let model: String
  let matched: [String]
  let trainable: Int
  let all: Int

  static func all() throws -> [RecordedSharing] {
    try Fixture.rows("shared/manifest.json", at: "adapters", exactly: 9)
  }

  static func base(_ model: String) throws -> Model {
    try Model(
      Fixture.path("shared/\(model).yaml"), weights: Fixture.path("shared/\(model).safetensors"))
  }

  var path: String { Fixture.path("shared/\(folder)") }
  var testDescription: String { folder }

  /// The tensors of the case whose names begin so.
  func tensors(_ kind: String) throws -> [String: Tensor] {
    var found: [String: Tensor] = [:]
    for (name, tensor) in try Fixture.tensors("shared/\(folder)/case.safetensors")
    where name.hasPrefix("\(kind).") {
      found[String(name.dropFirst(kind.count + 1))] = tensor
    }
    return found
  }

  func upstream() throws -> Tensor {
    try #require(try Fixture.tensors("shared/\(folder)/case.safetensors")["upstream"])
  }
}

@Suite("Modules that are used several times") struct SharedModuleTests {
  /// Of the largest entry, or of 1 where that is larger.
  static let tolerance = 1e-5

  @Test(
    "They are modules of their own once, as in PyTorch", arguments: try RecordedSharing.Base.all())
  func modules(row: RecordedSharing.Base) throws {
    let graph = try ModelDescription(Fixture.path("shared/\(row.model).yaml")).graph()
    #expect(graph.modules.modules.map(\.path) == row.modules)
    #expect(graph.entryCount == row.parameters)
    #expect(try RecordedSharing.base(row.model).warnings.isEmpty)
  }

  @Test("They are matched and counted once, as by PEFT", arguments: try RecordedSharing.all())
  func counts(row: RecordedSharing) throws {
    let base = try RecordedSharing.base(row.model)
    let weights = try AdapterFolder(row.path).weights(for: base)
    let budget = try Budget(weights.adapter, on: base.graph)
    #expect(weights.adapter.updates.map(\.site.path) == row.matched)
    #expect(budget.targets == row.matched.count)
    #expect(budget.trainableParameters == row.trainable)
    #expect(budget.allParameters == row.all)
    // Bases that are not in the file are drawn again, which is said.
    #expect(weights.warnings.count == (row.folder == "layers-randlora" ? 1 : 0))
  }

  @Test("Every use sees the update: outputs are PEFT's", arguments: try RecordedSharing.all())
  func outputs(row: RecordedSharing) throws {
    let base = try RecordedSharing.base(row.model)
    let weights = try AdapterFolder(row.path).weights(for: base)
    let inputs = try row.tensors("input")
    func distance(_ model: Model, from recorded: String) throws -> Double {
      let expected = try #require(try row.tensors(recorded)["y"])
      return try #require(model(inputs)["y"]).distance(from: expected, relativeTo: .atLeastOne)
    }
    #expect(try distance(base, from: "base") <= Self.tolerance)
    #expect(try distance(base, from: "output") > 1e-2)
    #expect(try distance(base.adapted(by: [weights]), from: "output") <= Self.tolerance)
    #expect(try distance(base.merged(with: [weights]), from: "output") <= Self.tolerance)
  }

  @Test("Gradients are sums over the uses, as PyTorch's", arguments: try RecordedSharing.all())
  func gradients(row: RecordedSharing) throws {
    let base = try RecordedSharing.base(row.model)
    let weights = try AdapterFolder(row.path).weights(for: base)
    let model = try base.adapted(by: [weights])
    var graph = model.graph
    let expected = try row.tensors("gradient")
    let names = AdapterContents(weights.adapter, of: base.graph, projection: .none).items
    let wanted = try expected.map { name, gradient in
      let item = try #require(names.first { $0.entry.name == name }, "\(name)")
      let filled = try #require(item.parameter)
      let id = try #require(graph.parameter(named: filled), "\(name)")
      return (name: name, value: try #require(graph.value(of: id)), gradient: gradient)
    }
    let upstream = try row.upstream()
    let output = try #require(graph.outputs.first { $0.name == "y" })
    let seed = graph.addInput("upstream", type: graph[output.value].type)
    let found = try graph.addGradients([(output.value, seed)], to: wanted.map(\.value))
    for (parameter, value) in zip(wanted, found) {
      graph.addOutput(parameter.name, try #require(value, "\(parameter.name)"))
    }
    try graph.validate()
    var inputs = try row.tensors("input")
    inputs["upstream"] = upstream
    var parameters: [Parameter.ID: Tensor] = [:]
    for parameter in graph.parameters {
      let id = try #require(graph.parameter(named: parameter.name))
      parameters[id] = model.tensor(of: id)
    }
    let program = try Program(graph, shapes: inputs.mapValues(\.shape))
    let answer = try Executor(program, parameters: parameters, threads: 2).run(inputs)
    // PyTorch's own are 1.4e-5 from double precision where RandLora's updates pass four layers, and
    // elsewhere up to 1.3e-6.
    let tolerance = row.folder == "layers-randlora" ? 5e-5 : Self.tolerance
    for (name, _, gradient) in wanted {
      let own = try #require(answer[name], "\(name)")
      #expect(own.distance(from: gradient, relativeTo: .atLeastOne) <= tolerance, "\(name)")
    }
  }

  @Test("A written adapter has PEFT's names, each once", arguments: try RecordedSharing.all())
  func files(row: RecordedSharing) throws {
    let base = try RecordedSharing.base(row.model)
    let weights = try AdapterFolder(row.path).weights(for: base)
    let folder = try TemporaryFolder()
    try weights.write(to: folder.path("adapter"), on: base.graph)
    let file = "adapter_model.safetensors"
    let written = try SafetensorsFile(path: folder.path("adapter/\(file)"))
    let recorded = try SafetensorsFile(path: "\(row.path)/\(file)")
    // PEFT writes RandLora's bases once a module, and we once.
    func isBasis(_ name: String) -> Bool {
      name.contains("randlora_A") || name.contains("randlora_B")
    }
    #expect(
      Set(written.names.filter { !isBasis($0) }) == Set(recorded.names.filter { !isBasis($0) }))
    for name in written.names where !isBasis(name) {
      #expect(written.tensor(name)?.floats() == recorded.tensor(name)?.floats(), "\(name)")
    }
  }

  @Test("A cell that 'use' takes again and shared turns of a repeat are the same graph")
  func spellings() throws {
    let used = try ModelDescription(
      text: """
        name: cell
        dimensions: {width: 7, labels: 3, times: 5}
        inputs: {x: {type: numbers, shape: [batch, $times, 4]}}
        blocks:
          cell:
            inputs: [x, h]
            graph:
              - linear: {name: input, out: $width, from: x, to: new}
              - linear: {name: hidden, out: $width, bias: false, from: h}
              - add: {from: [previous, new]}
              - tanh
        graph:
          - parameter: {name: start, shape: [1, $width], to: h}
          - take_token: {at: 0, from: x}
          - cell: {name: cell, from: [previous, h], to: h}
          - repeat:
              count: $times - 1
              graph:
                - take_token: {at: $index + 1, from: x}
                - use: {name: cell, from: [previous, h], to: h}
          - linear: {name: head, out: $labels}
        outputs: {y: previous}
        """, path: "used.yaml"
    ).graph()
    let repeated = try ModelDescription(Fixture.path("shared/cell.yaml")).graph()
    #expect(used.modules == repeated.modules)
    func listed(_ graph: Graph) -> [String] {
      graph.nodes.map { "\($0.operation) \($0.operands) \($0.results)" }
    }
    #expect(listed(used) == listed(repeated))
    let adapter = try Adapter(LoraConfig(r: 2, targetModules: ["input", "hidden"]), for: used)
    #expect(adapter.updates.count == 2)
  }
}
