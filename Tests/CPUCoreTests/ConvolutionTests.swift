import ModelGraph
import Testing

@testable import CPUCore

@Suite("Convolutions") struct ConvolutionTests {
  struct Sizes: CustomTestStringConvertible {
    let image: [Int]
    let outputs: Int
    let kernel: [Int]
    let stride: Int
    init(_ image: [Int], _ outputs: Int, _ kernel: [Int], stride: Int) {
      (self.image, self.outputs, self.kernel) = (image, outputs, kernel)
      self.stride = stride
    }
    var testDescription: String { "\(image), \(outputs) × \(kernel), stride \(stride)" }
  }

  static let sizes = [
    Sizes([1, 1, 1, 1], 1, [1, 1], stride: 1), Sizes([2, 3, 16, 16], 5, [4, 4], stride: 4),
    Sizes([1, 2, 7, 5], 3, [3, 2], stride: 1), Sizes([3, 1, 17, 31], 2, [2, 3], stride: 2),
    Sizes([2, 5, 3, 33], 17, [3, 3], stride: 5), Sizes([1, 3, 64, 65], 31, [16, 16], stride: 16),
    Sizes([1, 3, 9, 8], 2, [2, 3], stride: 3),
  ]

  @Test(
    "Every result is the sum over its window, the bias added",
    arguments: sizes, ElementType.floats)
  func convolution(sizes: Sizes, element: ElementType) throws {
    var example = Example(seed: sizes.outputs)
    let x = example.input(sizes.image)
    let weight = try example.parameter([sizes.outputs, sizes.image[1]] + sizes.kernel, element)
    let bias = try example.parameter([sizes.outputs], element)
    let convolution = Convolution2D(stride: sizes.stride)
    example.output(try example.apply(convolution, x, weight, bias))
    example.output(try example.apply(convolution, x, weight))
    try example.checkSums()
  }

  @Test("Patches become a sequence, row by row", arguments: sizes)
  func patches(sizes: Sizes) throws {
    var example = Example(seed: 2)
    let x = example.input(sizes.image)
    example.output(try example.apply(Patches(), x))
    try example.check(tolerance: 0)
  }
}
