import CKernels
import ModelGraph
import PeftBasics

/// A task takes some of a group's outputs and goes through all windows.
extension ConvolutionWeightGradient: Kernel {
  private static let outputsPerTask = 64

  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    ConvolutionWindows.bytes(operands[1].layout.asImages[3], results[0].layout)
  }

  func products(in step: Step) -> [StepProduct] {
    [
      StepProduct(
        module: step.module, convolving: step.results[0].layout, to: step.operands[1].layout)
    ]
  }

  func run(_ call: KernelCall) {
    let (x, gradient, y) = (call.operands[0], call.operands[1], call.result)
    let sizes = gradient.layout.asImages
    let (outputs, height, width) = (sizes[1], sizes[2], sizes[3])
    let windows = ConvolutionWindows(geometry, weight: y.layout, image: x.layout)
    let groupSize = outputs / geometry.groups
    y.zero()
    let blocks = groupSize.dividedRoundingUp(by: Self.outputsPerTask)
    call.workers.run(geometry.groups * blocks) { task, scratch in
      let (group, block) = (task / blocks, task % blocks)
      let first = group * groupSize + block * Self.outputsPerTask
      let own = first..<min((group + 1) * groupSize, first + Self.outputsPerTask)
      let rows = scratch.assumingMemoryBound(to: Float.self)
      for image in 0..<sizes[0] {
        for row in 0..<height {
          windows.gather(x, image: image, group: group, row: row, width: width, into: rows)
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
extension ConvolutionInputGradient: Kernel {
  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    ConvolutionWindows.bytes(operands[0].layout.asImages[3], operands[1].layout)
  }

  func products(in step: Step) -> [StepProduct] {
    [
      StepProduct(
        module: step.module, convolving: step.operands[1].layout, to: step.operands[0].layout)
    ]
  }

  func run(_ call: KernelCall) {
    let (gradient, weight, y) = (call.operands[0], call.operands[1], call.result)
    let sizes = gradient.layout.asImages
    let (outputs, height, width) = (sizes[1], sizes[2], sizes[3])
    let windows = ConvolutionWindows(geometry, weight: weight.layout, image: y.layout)
    let own = outputs / geometry.groups
    y.zero()
    call.workers.run(sizes[0]) { image, scratch in
      let rows = scratch.assumingMemoryBound(to: Float.self)
      for row in 0..<height {
        for group in 0..<geometry.groups {
          let start =
            gradient.floats + (image * outputs + group * own) * height * width + row * width
          multiply(
            MatrixFactor(start: start, stride: height * width, isTransposed: true),
            MatrixFactor(
              start: weight.floats + group * own * windows.depth, stride: windows.depth),
            rows: width, columns: windows.depth, depth: own, to: rows, stride: windows.depth)
          windows.scatter(
            rows, image: image, group: group, row: row, width: width, addingTo: y)
        }
      }
    }
  }
}

extension ChannelSum: Kernel {
  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    let (images, channels) = (x.layout.shape[0], x.layout.shape[1])
    let area = x.layout.shape.dropFirst(2).reduce(1, *)
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
