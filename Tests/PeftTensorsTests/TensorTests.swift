import PeftTensors
import Testing

@Suite("Tensors") struct TensorTests {
  @Test("Values come back")
  func values() {
    #expect(Tensor([1, 2.5, -3], shape: [3]).floats() == [1, 2.5, -3])
    #expect(Tensor([7, -1], shape: [2, 1]).integers() == [7, -1])
    #expect(Tensor([7, -1], shape: [2, 1]).floats() == [7, -1])
    #expect(Tensor([1.5], shape: []).integers() == nil)
  }

  @Test("A new tensor starts as zeros", arguments: NumberType.allCases)
  func zeros(type: NumberType) {
    let tensor = Tensor(shape: [3, 5], type: type) { _ in }
    #expect(tensor.floats() == [Float](repeating: 0, count: 15))
    #expect(tensor.byteCount == 15 * type.byteCount)
  }

  @Test("Another shape shares the numbers, and outlives the first")
  func reshaping() {
    let tensor = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]).reshaped([3, 2])
    #expect(tensor.shape == [3, 2])
    #expect(tensor.integers() == [1, 2, 3, 4, 5, 6])
  }

  @Test("What is infinite or no number is counted, in every type of real numbers")
  func nonFinite() {
    let tensor = Tensor([1, .nan, -.infinity, 0, .infinity] as [Float], shape: [5])
    for type in [NumberType.float32, .float16, .bfloat16, .float64] {
      #expect(tensor.converted(to: type).nonFiniteCount == 3)
    }
    #expect(!tensor.isFinite)
    #expect(Tensor([3e38, -0.0] as [Float], shape: [2]).isFinite)
    #expect(Tensor([Float](), shape: [0]).isFinite)
  }

  @Test("An axis of size 0 means no numbers")
  func empty() { #expect(Tensor([Float](), shape: [4, 0]).floats() == []) }
}
