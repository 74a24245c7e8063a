import ModelGraph
import PeftTensors
import PeftTestSupport
import Testing

@testable import CPUCore

@Suite("Frobenius norms") struct FrobeniusNormTests {
  private func run(
    _ operation: FrobeniusNorm, _ entries: [Float], _ shape: [Int], scale: Float
  ) throws -> (norm: Float, gradient: [Float]) {
    var graph = Graph(name: "norm")
    let x = graph.addInput("x", type: ValueType(Shape(shape)))
    let s = graph.addInput("s", type: ValueType(Shape([Dimension]())))
    let results = try graph.apply(
      operation.measuringGradients(ofOperands: [true, false]), to: [x, s])
    for (number, value) in results.enumerated() { graph.addOutput("\(number)", value) }
    let inputs = ["x": Tensor(entries, shape: shape), "s": Tensor([scale], shape: [])]
    let executor = try Executor(
      Program(graph, shapes: inputs.mapValues(\.shape)), parameters: [:], threads: 1)
    let found = try executor.run(inputs)
    return (try #require(found["0"]).floats()[0], try #require(found["1"]).floats())
  }

  @Test(
    "The norm and its gradient are those of plain loops, and finite differences agree",
    arguments: [[1, 1], [3, 3], [2, 5], [17, 4]], [true, false])
  func values(shape: [Int], isSquared: Bool) throws {
    let isFromIdentity = shape[0] == shape[1]
    let operation = FrobeniusNorm(
      weight: 0.5, isFromIdentity: isFromIdentity, isSquared: isSquared)
    var random = RandomNumbers(seed: shape[0])
    let entries = random.reals(shape).entries.map { Float($0) }
    func expected(_ entries: [Double]) -> Double {
      let sum = entries.enumerated().reduce(0.0) { sum, item in
        let isDiagonal = item.offset / shape[1] == item.offset % shape[1]
        let difference = item.element - (isFromIdentity && isDiagonal ? 1 : 0)
        return sum + difference * difference
      }
      return 0.75 * 0.5 * (isSquared ? sum : sum.squareRoot())
    }
    let (norm, gradient) = try run(operation, entries, shape, scale: 0.75)
    let numbers = entries.map(Double.init)
    #expect(abs(Double(norm) - expected(numbers)) < 1e-6 * max(1, expected(numbers)))
    for place in numbers.indices {
      var (above, below) = (numbers, numbers)
      above[place] += 1e-6
      below[place] -= 1e-6
      let slope = (expected(above) - expected(below)) / 2e-6
      #expect(abs(Double(gradient[place]) - slope) < 1e-5 * max(1, abs(slope)))
    }
  }

  @Test("Where the norm is zero, so is its gradient")
  func zero() throws {
    let (norm, gradient) = try run(
      FrobeniusNorm(isFromIdentity: true), [1, 0, 0, 1], [2, 2], scale: 1)
    #expect(norm == 0 && gradient == [0, 0, 0, 0])
  }
}
