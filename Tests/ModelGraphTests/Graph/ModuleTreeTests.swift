import Testing

@testable import ModelGraph

@Suite("The module tree") struct ModuleTreeTests {
  private func paths(_ tree: ModuleTree) -> [String] { tree.modules.map(\.path) }

  @Test("Modules come in the order in which they were named, parents first")
  func order() {
    var tree = ModuleTree()
    tree.insert("b.y")
    tree.insert("a")
    tree.insert("b.x", kind: .linear)
    #expect(paths(tree) == ["b", "b.y", "b.x", "a"])
    #expect(tree.children(of: "b").map(\.path) == ["b.y", "b.x"])
    #expect(tree.children(of: "").map(\.name) == ["b", "a"])
    #expect(tree.module(at: "b.x")?.kind == .linear)
    #expect(tree.module(at: "b.x")?.name == "x")
    #expect(tree.children(of: "c").isEmpty && tree.module(at: "c") == nil)
  }

  @Test("A reserved place is invisible until something is made there")
  func reserve() {
    var tree = ModuleTree()
    tree.reserve("a.late")
    tree.reserve("a.never")
    tree.insert("b")
    #expect(paths(tree) == ["b"])
    #expect(!tree.contains("a.late") && !tree.contains("a"))
    tree.insert("a.soon")
    tree.insert("a.late.inner")
    #expect(paths(tree) == ["a", "a.late", "a.late.inner", "a.soon", "b"])
    #expect(tree.children(of: "a").map(\.path) == ["a.late", "a.soon"])
    #expect(tree.ownParameters(of: "a.never").isEmpty)
  }

  @Test("A kind given later replaces a container, and no container replaces a kind")
  func kinds() {
    var tree = ModuleTree()
    tree.insert("a.b")
    #expect(tree.module(at: "a")?.kind == .container)
    tree.insert("a", kind: "MLP")
    tree.insert("a")
    #expect(tree.module(at: "a")?.kind == "MLP")
    #expect(Module.Kind("MLP").description == "MLP")
  }

  @Test("A module has its own parameters, and those within it, each once")
  func parameters() throws {
    let graph = try TinyGraph.transformer(layers: 2)
    let tree = graph.modules
    #expect(Array(tree.ownParameters(of: "model.h.0.up").keys) == ["weight", "bias"])
    #expect(tree.ownParameters(of: "model.h.0").isEmpty)
    #expect(tree.ownParameters(of: "nowhere").isEmpty)
    let within = tree.parameters(within: "model.h.1").map { graph[$0].name }
    #expect(
      within
        == ["ln.weight", "up.weight", "up.bias", "down.weight", "down.bias"].map {
          "model.h.1.\($0)"
        })
    #expect(tree.parameters(within: "nowhere").isEmpty)
  }

  @Test("A shared parameter is in both modules and counts once")
  func shared() throws {
    let graph = try TinyGraph.transformer()
    let table = try #require(graph.parameter(named: "model.wte.weight"))
    #expect(graph.modules.ownParameters(of: "lm_head")["weight"] == table)
    #expect(graph.modules.parameters(within: "").count == graph.parameters.count)
    #expect(graph.modules.parameters.count == graph.parameters.count)
    #expect(graph.modules.parameters.reduce(0) { $0 + graph[$1].count } == graph.entryCount)
  }

  @Test("A shared parameter is listed under each of its names")
  func namedParameters() throws {
    let graph = try TinyGraph.transformer(layers: 0)
    let table = try #require(graph.parameter(named: "model.wte.weight"))
    let all = graph.modules.namedParameters(within: "")
    #expect(all.map(\.name) == ["model.wte.weight", "lm_head.weight"])
    #expect(all.map(\.parameter) == [table, table])
    #expect(graph.modules.namedParameters(within: "lm_head").map(\.name) == ["lm_head.weight"])
    #expect(graph.modules.namedParameters(within: "nowhere").isEmpty)
  }

  @Test("A name that is taken keeps its parameter")
  func firstStays() {
    var tree = ModuleTree()
    tree.insert(Parameter.ID(index: 3), named: "weight", in: "a")
    tree.insert(Parameter.ID(index: 4), named: "weight", in: "a")
    #expect(tree.ownParameters(of: "a")["weight"]?.index == 3)
  }

  @Test("A parameter without a dot belongs to the root", arguments: ["scale", "a.scale", ".scale"])
  func split(name: String) throws {
    var graph = Graph(name: "root")
    _ = try graph.parameter(name, [2])
    let path = name == "a.scale" ? "a" : ""
    #expect(graph.modules.ownParameters(of: path)["scale"] == graph.parameter(named: name))
    #expect(graph.modules.contains(""))
  }

  @Test("Modules are declared and reserved through the graph")
  func throughGraph() {
    var graph = Graph(name: "order")
    graph.reserveModule("first")
    graph.declareModule("second", kind: "Dropout")
    graph.declareModule("first")
    #expect(
      graph.modules.modules == [
        Module(path: "first", kind: .container), Module(path: "second", kind: "Dropout"),
      ])
  }
}
