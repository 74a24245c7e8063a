import ModelGraph
import PeftTensors
import Testing

@testable import CPUCore

@Suite("Executors that share a workspace") struct WorkspaceTests {
  /// y = x + x, for rows of any number.
  private static func program(_ rows: Int) throws -> Program {
    var graph = Graph(name: "sum")
    let x = graph.addInput("x", type: ValueType([.symbol("rows"), 1000]))
    let sum = try graph.apply(Add(), to: [x, x])[0]
    graph.addOutput("y", try graph.apply(Add(), to: [sum, x])[0])
    return try Program(graph, shapes: ["x": [rows, 1000]])
  }

  @Test("Take turns in memory that is as large as the largest needs")
  func turns() throws {
    let workspace = try Workspace(threads: 2)
    let sizes = [3, 40, 7]
    let executors = try sizes.map {
      try Executor(Self.program($0), parameters: [:], workspace: workspace)
    }
    let largest = executors.map { $0.program.arena.byteCount }.max()
    #expect(workspace.arena.byteCount == largest)
    var kept: [(value: Float, tensor: Tensor)] = []
    for turn in 0..<9 {
      let (rows, value) = (sizes[turn % 3], Float(turn))
      let x = Tensor([Float](repeating: value, count: rows * 1000), shape: [rows, 1000])
      let y = try #require(try executors[turn % 3].run(["x": x])["y"])
      #expect(y.shape == [rows, 1000])
      kept.append((3 * value, y))
    }
    // Outputs that the caller holds are not written over, whoever runs next.
    for (value, tensor) in kept { #expect(tensor.floats().allSatisfy { $0 == value }) }
    #expect(workspace.arena.byteCount == largest)
  }

  @Test("An output that was let go gives its memory to the next run, of another program too")
  func outputs() throws {
    let workspace = try Workspace(threads: 1)
    let executors = try [5, 4].map {
      try Executor(Self.program($0), parameters: [:], workspace: workspace)
    }
    func address(_ index: Int, rows: Int) throws -> UnsafeRawPointer? {
      let x = Tensor([Float](repeating: 1, count: rows * 1000), shape: [rows, 1000])
      return try executors[index].run(["x": x])["y"]?.withUnsafeBytes { $0.baseAddress }
    }
    let first = try address(0, rows: 5)
    #expect(try address(1, rows: 4) == first)
    #expect(try address(0, rows: 5) == first)
  }
}
