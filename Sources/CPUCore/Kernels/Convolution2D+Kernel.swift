import ModelGraph

/// A convolution as products: the windows of a row of results side by side, times the weight.
extension Convolution2D: Kernel {
  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    ConvolutionWindows.bytes(results[0].layout.shape[3], operands[1].layout)
  }

  func products(in step: Step) -> [StepProduct] {
    [
      StepProduct(
        module: step.module, convolving: step.operands[1].layout, to: step.results[0].layout)
    ]
  }

  func run(_ call: KernelCall) {
    let (x, weight, y) = (call.operands[0], call.operands[1], call.result)
    let (outputs, height, width) = (y.layout.shape[1], y.layout.shape[2], y.layout.shape[3])
    let windows = ConvolutionWindows(weight: weight.layout, stride: stride)
    let area = height * width
    call.workers.run(y.layout.shape[0] * height) { task, scratch in
      let (image, row) = (task / height, task % height)
      let rows = scratch.assumingMemoryBound(to: Float.self)
      for column in 0..<width {
        windows.gather(x, image: image, row: row, column, into: rows + column * windows.depth)
      }
      let target = y.floats + image * outputs * area + row * width
      if call.operands.count == 3 {
        for output in 0..<outputs {
          (target + output * area).update(repeating: call.operands[2].floats[output], count: width)
        }
      }
      multiply(
        MatrixFactor(start: weight.floats, stride: windows.depth),
        MatrixFactor(start: rows, stride: windows.depth, isTransposed: true), rows: outputs,
        columns: width, depth: windows.depth, adding: call.operands.count == 3, to: target,
        stride: area)
    }
  }
}

extension StepProduct {
  /// The product of a convolution, or of its gradient by one of the factors: all take as many operations.
  /// - Parameters:
  ///   - weight: `[outputs, channels, height, width]`.
  ///   - outputs: `[images, outputs, height, width]`.
  init(module: String, convolving weight: Layout, to outputs: Layout) {
    let depth = weight.shape.dropFirst().reduce(1, *)
    self.init(module: module, operations: 2 * Double(outputs.count) * Double(depth))
  }
}
