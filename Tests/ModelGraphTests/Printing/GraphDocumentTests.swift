import Foundation
import Testing

@testable import ModelGraph

@Suite("A graph as JSON") struct GraphDocumentTests {
  private func fields(_ graph: Graph) throws -> [String: Any] {
    let data = Data(graph.json().utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test("The same graph gives the same text, with sorted keys")
  func isStable() throws {
    let text = try TinyGraph.mlp().json()
    #expect(try text == TinyGraph.mlp().json())
    #expect(
      text.hasPrefix(
        """
        {
          "inputs" : [
            {
              "element" : "float32",
              "name" : "x",
              "optional" : false,
              "shape" : [
                "batch",
                6
              ],
              "value" : 0
            }
          ],
        """))
  }

  @Test("Parameters tell role, adapter, count and the names they are shared as")
  func parameters() throws {
    let document = GraphDocument(try TinyGraph.adapted(TinyGraph.transformer()))
    let table = try #require(document.parameters.first)
    #expect(table.name == "model.wte.weight" && table.sharedAs == ["lm_head.weight"])
    #expect(table.role == .base && table.adapter == nil && table.count == 40)
    let trained = try #require(document.parameters.first { $0.role == .trained })
    #expect(trained.adapter == "default" && trained.shape == [2, 4])
    #expect(
      document.parameters.filter { $0.role == .frozenBasis }.map(\.name) == ["basis_2.default"])
  }

  @Test("Every operand is an input, a parameter or an earlier result")
  func operandsResolve() throws {
    let graph = try TinyGraph.adapted(TinyGraph.transformer())
    let document = GraphDocument(graph)
    var known = Set(document.inputs.map(\.value) + document.parameters.map(\.value))
    for operation in document.operations {
      #expect(known.isSuperset(of: operation.operands))
      known.formUnion(operation.results.map(\.value))
    }
    #expect(known.isSuperset(of: document.outputs.map(\.value)))
    #expect(known.count == graph.values.count)
  }

  @Test("Operations tell operator, settings, module and shapes")
  func operations() throws {
    let graph = try TinyGraph.transformer()
    let operations = try #require(try fields(graph)["operations"] as? [[String: Any]])
    #expect(operations.count == graph.nodes.count)
    #expect(operations[3]["operator"] as? String == "activation")
    #expect(operations[3]["attributes"] as? [String: String] == ["function": "gelu_tanh"])
    #expect(operations[3]["module"] as? String == "model.h.0")
    let results = try #require(operations[3]["results"] as? [[String: Any]])
    #expect((results[0]["shape"] as? [Any])?.last as? Int == 8)
  }

  @Test("Any name is written so that it is read back")
  func names() throws {
    var graph = Graph(name: "a\"\\\n\u{1b}é", origin: Graph.Origin(modelType: "t/1"))
    graph.declareModule("m", kind: "K")
    let fields = try fields(graph)
    #expect(fields["name"] as? String == graph.name)
    #expect(fields["modelType"] as? String == "t/1")
    #expect(fields["modules"] as? [[String: String]] == [["path": "m", "kind": "K"]])
  }
}
