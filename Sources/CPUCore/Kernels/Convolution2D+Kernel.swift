import ModelGraph

/// A convolution as products: the windows of a row of results side by side, times the weight.
extension Convolution2D: Kernel {
  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    let window = operands[1].layout.shape.dropFirst()
    return (try? (window + [results[0].layout.shape[3], 4]).checkedProduct()) ?? .max
  }

  func run(_ call: KernelCall) {
    let (x, weight, y) = (call.operands[0], call.operands[1], call.result)
    let (outputs, height, width) = (y.layout.shape[1], y.layout.shape[2], y.layout.shape[3])
    let depth = weight.layout.shape.dropFirst().reduce(1, *)
    let area = height * width
    call.workers.run(y.layout.shape[0] * height) { task, scratch in
      let (image, row) = (task / height, task % height)
      let windows = scratch.assumingMemoryBound(to: Float.self)
      for column in 0..<width {
        gather(x, weight.layout, image: image, row: row, column, into: windows + column * depth)
      }
      let target = y.floats + image * outputs * area + row * width
      if call.operands.count == 3 {
        for output in 0..<outputs {
          (target + output * area).update(repeating: call.operands[2].floats[output], count: width)
        }
      }
      multiply(
        MatrixFactor(start: weight.floats, stride: depth),
        MatrixFactor(start: windows, stride: depth, isTransposed: true), rows: outputs,
        columns: width, depth: depth, adding: call.operands.count == 3, to: target, stride: area)
    }
  }

  /// Copies what one result sees of an image: channels, then rows, then columns of the window.
  private func gather(
    _ x: NumberView, _ weight: Layout, image: Int, row: Int, _ column: Int,
    into window: UnsafeMutablePointer<Float>
  ) {
    let (channels, kernelRows, kernelColumns) = (weight.shape[1], weight.shape[2], weight.shape[3])
    let (height, width) = (x.layout.shape[2], x.layout.shape[3])
    for channel in 0..<channels {
      for kernelRow in 0..<kernelRows {
        let line = (image * channels + channel) * height + row * stride + kernelRow
        (window + (channel * kernelRows + kernelRow) * kernelColumns).update(
          from: x.floats + line * width + column * stride, count: kernelColumns)
      }
    }
  }
}
