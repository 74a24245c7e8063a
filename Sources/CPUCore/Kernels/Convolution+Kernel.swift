import ModelGraph

extension Convolution2D: ConvolutionKernel {}
extension Convolution1D: ConvolutionKernel {}

/// A convolution as products: the windows of a row of results side by side, times the weights of a group.
protocol ConvolutionKernel: ConvolutionOperator, Kernel {}

extension ConvolutionKernel {
  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    ConvolutionWindows.bytes(results[0].layout.asImages[3], operands[1].layout)
  }

  func products(in step: Step) -> [StepProduct] {
    [
      StepProduct(
        module: step.module, convolving: step.operands[1].layout, to: step.results[0].layout)
    ]
  }

  func run(_ call: KernelCall) {
    let (x, weight, y) = (call.operands[0], call.operands[1], call.result)
    let sizes = y.layout.asImages
    let (outputs, height, width) = (sizes[1], sizes[2], sizes[3])
    let windows = ConvolutionWindows(geometry, weight: weight.layout, image: x.layout)
    let (area, own) = (height * width, outputs / geometry.groups)
    call.workers.run(sizes[0] * height) { task, scratch in
      let (image, row) = (task / height, task % height)
      let rows = scratch.assumingMemoryBound(to: Float.self)
      let target = y.floats + image * outputs * area + row * width
      if call.operands.count == 3 {
        for output in 0..<outputs {
          (target + output * area).update(repeating: call.operands[2].floats[output], count: width)
        }
      }
      for group in 0..<geometry.groups {
        windows.gather(x, image: image, group: group, row: row, width: width, into: rows)
        multiply(
          MatrixFactor(start: weight.floats + group * own * windows.depth, stride: windows.depth),
          MatrixFactor(start: rows, stride: windows.depth, isTransposed: true), rows: own,
          columns: width, depth: windows.depth, adding: call.operands.count == 3,
          to: target + group * own * area, stride: area)
      }
    }
  }
}

extension StepProduct {
  /// The product of a convolution, or of its gradient by one of the factors: all take as many operations.
  /// - Parameters:
  ///   - weight: `[outputs, channels, …]`.
  ///   - outputs: `[images, outputs, …]`.
  init(module: String, convolving weight: Layout, to outputs: Layout) {
    let depth = weight.shape.dropFirst().reduce(1, *)
    self.init(module: module, operations: 2 * Double(outputs.count) * Double(depth))
  }
}
