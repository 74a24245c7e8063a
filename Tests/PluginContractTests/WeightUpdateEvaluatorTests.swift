import PeftTestSupport
import PluginContract
import Testing
import TunerKit

@Suite("Plain arithmetic on updates") struct WeightUpdateEvaluatorTests {
  private let evaluator = WeightUpdateEvaluator { tensor in
    Numbers(
      shape: tensor.shape,
      values: (0..<tensor.shape.reduce(1, *)).map { Double($0) + (tensor.name == "b" ? 10 : 1) })
  }

  private func tensor(_ name: String, _ shape: [Int]) -> WeightUpdate {
    .frozen(name, shape, initially: .zeros)
  }

  @Test("Every operation, on numbers small enough to check by hand")
  func operations() throws {
    let a = tensor("a", [2, 3])  // 1 2 3, 4 5 6
    let b = tensor("b", [3, 2])  // 10 11, 12 13, 14 15
    func values(_ update: WeightUpdate) throws -> [Double] {
      try evaluator.value(of: update).values
    }
    #expect(try values(a • b) == [76, 82, 184, 199])
    #expect(try values(a.transposed) == [1, 4, 2, 5, 3, 6])
    #expect(try values(2 * a) == [2, 4, 6, 8, 10, 12])
    #expect(try values(a.reshaped([3, 2]) ⊙ b) == [10, 22, 36, 52, 70, 90])
    #expect(try values(a ⊙ tensor("b", [1, 3])) == [10, 22, 36, 40, 55, 72])
    #expect(try values(a ⊙ tensor("b", [2, 1])) == [10, 20, 30, 44, 55, 66])
    #expect(try values(a ⊙ tensor("b", [3])) == [10, 22, 36, 40, 55, 72])
    #expect(try values(a.leading([2, 2])) == [1, 2, 4, 5])
    #expect(try values(.permuted(tensor("a", [1, 2, 3]), [2, 0, 1])) == [1, 4, 2, 5, 3, 6])
  }

  @Test("Parts that do not fit are an error")
  func misfits() {
    let a = tensor("a", [2, 3])
    let misfits: [(update: WeightUpdate, problem: String)] = [
      (a • a, "matmul: the first factor [2, 3] does not fit the second factor [2, 3]"),
      (a ⊙ tensor("b", [4, 3]), "multiply: value 1 [2, 3] does not fit value 2 [4, 3]"),
      (a.reshaped([4]), "reshape: the input [2, 3] does not fit the shape [4]"),
      (a.reshaped([.max, .max]), "reshape: the size of \([Int.max, .max]) is beyond 2^63"),
      (a.leading([3, 3]), "leading: the part [3, 3] does not fit the tensor [2, 3]"),
      (a.leading([2]), "leading: the part [2] does not fit the tensor [2, 3]"),
      (a.leading([-1, 2]), "leading: the part [-1, 2] does not fit the tensor [2, 3]"),
      (.permuted(a, [0, 0]), "permute: [0, 0] is not an order of the axes of [2, 3]"),
      (.permuted(a, [0]), "permute: [0] is not an order of the axes of [2, 3]"),
    ]
    for (update, problem) in misfits {
      #expect(
        message { _ = try evaluator.value(of: update) }?.hasPrefix(problem + "\n  fix: ") == true)
      #expect(message { _ = try update.rankBound() }?.hasPrefix(problem + "\n  fix: ") == true)
    }
  }

  @Test("Numbers stand for their text: the same twice, others for another text")
  func pseudorandom() {
    let numbers = Numbers.pseudorandom("a", shape: [50])
    #expect(numbers == .pseudorandom("a", shape: [50]))
    #expect(numbers.distance(to: .pseudorandom("b", shape: [50])) > 0.1)
    #expect(numbers.values.allSatisfy { -1...1 ~= $0 })
    #expect(numbers.distance(to: .pseudorandom("a", shape: [5, 10])) == .infinity)
  }
}
