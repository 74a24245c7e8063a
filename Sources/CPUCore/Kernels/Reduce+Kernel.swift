import ModelGraph

extension Reduce: Kernel {
  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    let places = ReducedPlaces(axes, of: x.layout)
    let count = Float(places.inner.count)
    call.workers.runRows(places.outer.count, columns: places.inner.count) { results in
      for result in results {
        let source = x.floats + places.outer[result]
        switch function {
        case .max: y.floats[result] = places.largest(source)
        case .sum: y.floats[result] = places.sum(source)
        case .mean: y.floats[result] = places.sum(source) / count
        }
      }
    }
  }
}

extension ReduceGradient: Kernel {
  func run(_ call: KernelCall) {
    let (gradient, y) = (call.operands[call.operands.count - 1], call.result)
    let places = ReducedPlaces(axes, of: y.layout)
    let count = Float(places.inner.count)
    call.workers.runRows(places.outer.count, columns: places.inner.count) { results in
      for result in results {
        let (passed, target) = (gradient.floats[result], y.floats + places.outer[result])
        switch function {
        case .sum: for place in places.inner { target[place] = passed }
        case .mean: for place in places.inner { target[place] = passed / count }
        case .max:
          let source = call.operands[0].floats + places.outer[result]
          let largest = places.largest(source)
          func isLargest(_ entry: Float) -> Bool {
            entry == largest || entry.isNaN && largest.isNaN
          }
          let share = passed / Float(places.inner.count { isLargest(source[$0]) })
          for place in places.inner { target[place] = isLargest(source[place]) ? share : 0 }
        }
      }
    }
  }
}

/// Where the entries lie that become one: a place for each result, and from there one for each entry.
private struct ReducedPlaces {
  let outer: [Int]
  let inner: [Int]

  init(_ axes: [Int], of layout: Layout) {
    var (outer, inner, stride) = ([0], [0], 1)
    // From the last axis on: those before it change more slowly.
    for axis in layout.shape.indices.reversed() {
      let steps = (0..<layout.shape[axis]).map { $0 * stride }
      if axes.contains(axis) {
        inner = steps.flatMap { step in inner.map { step + $0 } }
      } else {
        outer = steps.flatMap { step in outer.map { step + $0 } }
      }
      stride *= layout.shape[axis]
    }
    (self.outer, self.inner) = (outer, inner)
  }

  func sum(_ source: UnsafePointer<Float>) -> Float {
    var sum = 0.0
    for place in inner { sum += Double(source[place]) }
    return Float(sum)
  }

  /// The largest entry; NaN where one is.
  func largest(_ source: UnsafePointer<Float>) -> Float {
    var largest = -Float.infinity
    for place in inner {
      let entry = source[place]
      if entry > largest || entry.isNaN { largest = entry }
      if largest.isNaN { break }
    }
    return largest
  }
}
