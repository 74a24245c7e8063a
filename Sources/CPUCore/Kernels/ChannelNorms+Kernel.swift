import CKernels
import ModelGraph

extension BatchNorm: Kernel {
  var overwritten: Int? { 0 }

  func run(_ call: KernelCall) {
    let (x, mean, variance) = (call.operands[0], call.operands[1].floats, call.operands[2].floats)
    let weight = call.operands.count > 3 ? call.operands[3].floats : nil
    let bias = call.operands.count > 4 ? call.operands[4].floats : nil
    ChannelPlanes(x.layout).scale(call, x) { channel in
      let scale = (weight?[channel] ?? 1) / (variance[channel] + Float(epsilon)).squareRoot()
      return (scale, (bias?[channel] ?? 0) - mean[channel] * scale)
    }
  }
}

extension BatchNormGradient: Kernel {
  var overwritten: Int? { 0 }

  func run(_ call: KernelCall) {
    let (gradient, variance) = (call.operands[0], call.operands[1].floats)
    let weight = call.operands.count > 2 ? call.operands[2].floats : nil
    ChannelPlanes(gradient.layout).scale(call, gradient) { channel in
      ((weight?[channel] ?? 1) / (variance[channel] + Float(epsilon)).squareRoot(), 0)
    }
  }
}

/// A group of channels of one image is a row to normalize.
extension GroupNorm: Kernel {
  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    let weight = call.operands.count > 1 ? call.operands[1].floats : nil
    let bias = call.operands.count > 2 ? call.operands[2].floats : nil
    let planes = ChannelPlanes(x.layout)
    let (size, own) = (planes.channels / groups * planes.area, planes.channels / groups)
    call.workers.runRows(planes.images * groups, columns: size) { rows in
      for row in rows {
        let target = y.floats + row * size
        ck_layer_norm(1, size, Float(epsilon), x.floats + row * size, size, nil, nil, target, size)
        guard let weight else { continue }
        for place in 0..<own {
          let channel = row % groups * own + place
          planes.scale(
            target + place * planes.area, by: weight[channel], adding: bias?[channel] ?? 0,
            into: target + place * planes.area)
        }
      }
    }
  }
}

extension GroupNormGradient: Kernel {
  func scratchBytes(operands: [Operand], results: [Operand]) -> Int {
    let planes = ChannelPlanes(operands[0].layout)
    return planes.channels / groups * planes.area * MemoryLayout<Float>.stride
  }

  func run(_ call: KernelCall) {
    let (x, gradient, y) = (call.operands[0], call.operands[1], call.result)
    let weight = call.operands.count > 2 ? call.operands[2].floats : nil
    let planes = ChannelPlanes(x.layout)
    let (size, own) = (planes.channels / groups * planes.area, planes.channels / groups)
    call.workers.run(planes.images * groups) { row, scratch in
      let passed = gradient.floats + row * size
      let scaled = scratch.assumingMemoryBound(to: Float.self)
      for place in 0..<own {
        planes.scale(
          passed + place * planes.area, by: weight?[row % groups * own + place] ?? 1, adding: 0,
          into: scaled + place * planes.area)
      }
      ck_layer_norm_gradient(
        1, size, Float(epsilon), x.floats + row * size, size, scaled, size, nil,
        y.floats + row * size, size)
    }
  }
}

/// Values `[images, channels, …]` as planes, one for each image and channel.
private struct ChannelPlanes {
  let images: Int
  let channels: Int
  let area: Int

  init(_ layout: Layout) {
    (images, channels) = (layout.shape[0], layout.shape[1])
    area = layout.shape.dropFirst(2).reduce(1, *)
  }

  /// Scales and shifts every plane of `x` by its channel's numbers into the result.
  func scale(
    _ call: KernelCall, _ x: NumberView, by factors: (_ channel: Int) -> (Float, Float)
  ) {
    call.workers.runRows(images * channels, columns: area) { planes in
      for plane in planes {
        let (factor, shift) = factors(plane % channels)
        scale(
          x.floats + plane * area, by: factor, adding: shift,
          into: call.result.floats + plane * area)
      }
    }
  }

  func scale(
    _ x: UnsafePointer<Float>, by factor: Float, adding shift: Float,
    into y: UnsafeMutablePointer<Float>
  ) {
    ck_scale(area, factor, x, y)
    if shift != 0 { ck_add_constant(area, shift, y, y) }
  }
}
