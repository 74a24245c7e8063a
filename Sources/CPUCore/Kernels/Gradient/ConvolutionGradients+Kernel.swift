import CKernels
import ModelGraph
import PeftBasics

/// A task takes some of the outputs and goes through all windows.
extension Convolution2DWeightGradient: Kernel {
  private static let outputsPerTask = 64

  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    ConvolutionWindows.bytes(operands[1].layout.shape[3], results[0].layout)
  }

  func products(in step: Step) -> [StepProduct] {
    [
      StepProduct(
        module: step.module, convolving: step.results[0].layout, to: step.operands[1].layout)
    ]
  }

  func run(_ call: KernelCall) {
    let (x, gradient, y) = (call.operands[0], call.operands[1], call.result)
    let (outputs, height, width) = (
      gradient.layout.shape[1], gradient.layout.shape[2], gradient.layout.shape[3]
    )
    let windows = ConvolutionWindows(weight: y.layout, stride: stride)
    y.zero()
    let blocks = outputs.dividedRoundingUp(by: Self.outputsPerTask)
    call.workers.run(blocks) { task, scratch in
      let own = task * Self.outputsPerTask..<min(outputs, (task + 1) * Self.outputsPerTask)
      let rows = scratch.assumingMemoryBound(to: Float.self)
      for image in 0..<x.layout.shape[0] {
        for row in 0..<height {
          for column in 0..<width {
            windows.gather(
              x, image: image, row: row, column, into: rows + column * windows.depth)
          }
          let start =
            gradient.floats + (image * outputs + own.lowerBound) * height * width + row * width
          multiply(
            MatrixFactor(start: start, stride: height * width),
            MatrixFactor(start: rows, stride: windows.depth), rows: own.count,
            columns: windows.depth, depth: width, adding: true,
            to: y.floats + own.lowerBound * windows.depth, stride: windows.depth)
        }
      }
    }
  }
}

/// A task takes one image.
extension Convolution2DInputGradient: Kernel {
  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    ConvolutionWindows.bytes(operands[0].layout.shape[3], operands[1].layout)
  }

  func products(in step: Step) -> [StepProduct] {
    [
      StepProduct(
        module: step.module, convolving: step.operands[1].layout, to: step.operands[0].layout)
    ]
  }

  func run(_ call: KernelCall) {
    let (gradient, weight, y) = (call.operands[0], call.operands[1], call.result)
    let (outputs, height, width) = (
      gradient.layout.shape[1], gradient.layout.shape[2], gradient.layout.shape[3]
    )
    let windows = ConvolutionWindows(weight: weight.layout, stride: stride)
    y.zero()
    call.workers.run(gradient.layout.shape[0]) { image, scratch in
      let rows = scratch.assumingMemoryBound(to: Float.self)
      for row in 0..<height {
        let start = gradient.floats + image * outputs * height * width + row * width
        multiply(
          MatrixFactor(start: start, stride: height * width, isTransposed: true),
          MatrixFactor(start: weight.floats, stride: windows.depth), rows: width,
          columns: windows.depth, depth: outputs, to: rows, stride: windows.depth)
        for column in 0..<width {
          windows.scatter(
            rows + column * windows.depth, image: image, row: row, column, addingTo: y)
        }
      }
    }
  }
}

extension ChannelSum: Kernel {
  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    let (images, channels) = (x.layout.shape[0], x.layout.shape[1])
    let area = x.layout.shape[2] * x.layout.shape[3]
    call.workers.run(channels) { channel, _ in
      var total: Float = 0
      for image in 0..<images {
        var sum: Float = 0
        ck_sum(area, x.floats + (image * channels + channel) * area, &sum)
        total += sum
      }
      y.floats[channel] = total
    }
  }
}
