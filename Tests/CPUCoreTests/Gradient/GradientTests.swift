import ModelGraph
import Testing

@testable import CPUCore

@Suite("Gradients where operators meet") struct GradientTests {
  @Test("A tied head trains the row of padding, the embedding does not")
  func padding() throws {
    func gradients(isTied: Bool) throws -> [String: [Float]] {
      var example = Example(seed: 4)
      let tokens = example.tokens([3, 4], below: 5)
      let table = try example.parameter([5, 3])
      let x = try example.apply(Embedding(padding: 2), tokens, table)
      let numbers = try #require(example.parameters["parameter0"])
      let head = isTied ? table : example.input(numbers, .float32)
      example.output(try example.apply(Linear(), x, head))
      return try example.gradients().mapValues { $0.floats() }
    }
    let tied = try #require(try gradients(isTied: true)["parameter0"])
    let parts = try gradients(isTied: false)
    let (table, head) = (try #require(parts["parameter0"]), try #require(parts["input1"]))
    #expect(table.indices.allSatisfy { (table[$0] == 0) == (6..<9 ~= $0) })
    #expect(tied.indices.allSatisfy { abs(tied[$0] - table[$0] - head[$0]) <= 1e-6 })
  }

  @Test(
    "A gradient stops at one index", arguments: [(0, 0), (0, 2), (1, 0), (1, 2), (1, 3), (2, 0)])
  func stops(axis: Int, index: Int) throws {
    func gradient(isStopped: Bool) throws -> [Float] {
      var example = Example(seed: 6)
      let x = example.input([3, 4, 1])
      let y = try example.apply(StopGradient(axis: axis, index: index), x)
      example.output(isStopped ? y : x)
      return try #require(try example.gradients().values.first).floats()
    }
    var expected = try gradient(isStopped: false)
    for place in 0..<12 where [place / 4, place % 4, 0][axis] == index { expected[place] = 0 }
    #expect(try gradient(isStopped: true) == expected)
  }

  @Test("A value that is used several times gets the sum")
  func severalUses() throws {
    var example = Example(seed: 8)
    let x = example.input([3, 4])
    let y = try example.apply(Activation(.tanh), x)
    let z = try example.apply(Multiply(), y, x)
    example.output(try example.apply(Add(), y, z, x), z)
    try example.checkGradients()
  }
}
