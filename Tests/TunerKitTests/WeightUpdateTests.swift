import ModelGraph
import Testing

@testable import PeftBasics
@testable import TunerKit

@Suite("Weight updates") struct WeightUpdateTests {
  private func tensor(_ name: String, _ shape: [Int]) -> WeightUpdate {
    .frozen(name, shape, initially: .zeros)
  }

  @Test("Tensors are listed once, in the order in which they are written")
  func tensors() {
    let (a, b, c) = (tensor("a", [2, 2]), tensor("b", [2, 2]), tensor("c", [2, 2]))
    let update = 2 * ((b • a.transposed) ⊙ (a.leading([2, 2]) • c.reshaped([2, 2])))
    #expect(update.tensors.map(\.name) == ["b", "a", "c"])
  }

  @Test("The greatest rank is that of the thinnest part")
  func ranks() throws {
    let (tall, wide) = (tensor("tall", [8, 3]), tensor("wide", [3, 9]))
    #expect(try (tall • wide).rankBound() == 3)
    #expect(try (0.5 * (tall • wide)).transposed.rankBound() == 3)
    // Entry by entry, ranks multiply: nothing less than the sides is known.
    #expect(try ((tall • wide) ⊙ tensor("all", [8, 9])).rankBound() == 8)
    #expect(try tensor("long", [2, 24]).reshaped([8, 6]).rankBound() == 6)
    #expect(try tensor("large", [9, 9]).leading([4, 5]).rankBound() == 4)
  }

  @Test(
    "A tensor's name in a graph has the adapter's after its first part",
    arguments: [
      ("q", "lora_A.weight", "q.lora_A.one.weight"), ("q", "gamma", "q.gamma.one"),
      (nil, "basis", "basis.one"), ("", "a.b.c", "a.one.b.c"),
    ])
  func names(site: String?, name: String, expected: String) {
    let tensor = UpdateTensor(
      name: name, site: site, shape: [1], initial: .zeros, isTrained: true)
    #expect(tensor.parameterName(adapter: "one") == expected)
  }

  @Test("Entries beyond what can be counted are an error")
  func counts() throws {
    func count(_ shape: [Int]) throws -> Int {
      try UpdateTensor(name: "a", site: nil, shape: shape, initial: .zeros, isTrained: true).count()
    }
    #expect(try count([3, 4]) == 12)
    #expect(try count([]) == 1)
    #expect(throws: SizeOverflow.self) { try count([1 << 62, 2]) }
  }

  @Test("In a graph only axes that need it are cut, and tensors appear once")
  func graph() throws {
    var graph = Graph(name: "g")
    graph.declareModule("m", kind: .linear)
    _ = try graph.addParameter(Parameter(name: "m.weight", shape: [2, 3]))
    var configuration = SampleConfig()
    configuration.options.targets.targetModules = ["m"]
    let adapter = try Adapter(configuration, for: graph, name: "x")
    let basis = tensor("basis", [4, 5, 6])
    let update = basis.leading([4, 2, 6]) ⊙ basis.leading([4, 2, 6])
    let value = try update.value(in: &graph, module: "", of: adapter)
    #expect(graph[value].type.shape == [4, 2, 6])
    #expect(graph.parameters.map(\.name) == ["m.weight", "basis.x"])
    #expect(graph.nodes.filter { $0.operation is Slice }.count == 2)
    try graph.validate()
  }
}

@Suite("Sites") struct SiteTests {
  private func site(_ kind: Module.Kind, _ shape: [Int], bias: [Int]? = nil) throws -> Site? {
    var graph = Graph(name: "g")
    graph.declareModule("m", kind: kind)
    _ = try graph.addParameter(Parameter(name: "m.weight", shape: shape))
    if let bias { _ = try graph.addParameter(Parameter(name: "m.bias", shape: bias)) }
    return Site(Module(path: "m", kind: kind), in: graph)
  }

  @Test("Every kind is seen as [outputs, inputs]")
  func kinds() throws {
    let linear = try #require(try site(.linear, [3, 4]))
    #expect((linear.outputs, linear.inputs, linear.isStoredTransposed) == (3, 4, false))
    let conv1D = try #require(try site(.conv1D, [3, 4]))
    #expect((conv1D.outputs, conv1D.inputs, conv1D.isStoredTransposed) == (4, 3, true))
    let table = try #require(try site(.embedding, [3, 4]))
    #expect((table.outputs, table.inputs, table.isStoredTransposed) == (4, 3, true))
    let image = try #require(try site(.conv2D, [3, 4, 2, 5]))
    #expect((image.outputs, image.inputs, image.kernel) == (3, 40, [2, 5]))
    #expect(image.inputShape == [4, 2, 5])
    #expect(linear.inputShape == [4])
  }

  @Test("A module's bias has the size of its outputs, however its weight is stored")
  func biases() throws {
    for (kind, shape, outputs) in [
      (.linear, [3, 4], 3), (.conv1D, [3, 4], 4), (.conv2D, [3, 4, 2, 5], 3),
    ] as [(Module.Kind, [Int], Int)] {
      let site = try #require(try site(kind, shape, bias: [outputs]))
      #expect(try site.bias?.shape() == [outputs])
      #expect(try self.site(kind, shape)?.bias == nil)
      #expect(try self.site(kind, shape, bias: [outputs + 1])?.bias == nil)
    }
  }

  @Test("A weight of another shape, or an empty one, is no site")
  func misfits() throws {
    #expect(try site(.linear, [3]) == nil)
    #expect(try site(.linear, [3, 4, 5]) == nil)
    #expect(try site(.conv2D, [3, 4]) == nil)
    #expect(try site("LayerNorm", [3, 4]) == nil)
    #expect(try site(.linear, [0, 4]) == nil)
    #expect(try site(.conv2D, [3, 4, 0, 0]) == nil)
    #expect(Site(Module(path: "x", kind: .linear), in: Graph(name: "g")) == nil)
  }
}
