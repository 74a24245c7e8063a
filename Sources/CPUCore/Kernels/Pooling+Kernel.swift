import ModelGraph

extension MaxPool: Kernel {
  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    PooledPlanes(windows, of: x.layout).forEach(call) { planes, plane in
      let (source, target) = (x.floats + plane * planes.entries, y.floats + plane * planes.results)
      planes.forEachWindow { result, window in
        target[result] = source[planes.largest(source, in: window)]
      }
    }
  }
}

extension MaxPoolGradient: Kernel {
  func run(_ call: KernelCall) {
    let (x, gradient, y) = (call.operands[0], call.operands[1], call.result)
    y.zero()
    PooledPlanes(windows, of: x.layout).forEach(call) { planes, plane in
      let (source, target) = (x.floats + plane * planes.entries, y.floats + plane * planes.entries)
      let passed = gradient.floats + plane * planes.results
      planes.forEachWindow { result, window in
        target[planes.largest(source, in: window)] += passed[result]
      }
    }
  }
}

extension AveragePool: Kernel {
  func run(_ call: KernelCall) {
    let (x, y) = (call.operands[0], call.result)
    PooledPlanes(windows, of: x.layout).forEach(call) { planes, plane in
      let (source, target) = (x.floats + plane * planes.entries, y.floats + plane * planes.results)
      planes.forEachWindow { result, window in
        var sum: Float = 0
        for row in window.rows.entries {
          for column in window.columns.entries { sum += source[row * planes.width + column] }
        }
        target[result] = sum / window.divisor(countingPadding: countsPadding)
      }
    }
  }
}

extension AveragePoolGradient: Kernel {
  func run(_ call: KernelCall) {
    let (gradient, y) = (call.operands[0], call.result)
    y.zero()
    PooledPlanes(windows, of: y.layout).forEach(call) { planes, plane in
      let target = y.floats + plane * planes.entries
      let passed = gradient.floats + plane * planes.results
      planes.forEachWindow { result, window in
        let share = passed[result] / window.divisor(countingPadding: countsPadding)
        for row in window.rows.entries {
          for column in window.columns.entries { target[row * planes.width + column] += share }
        }
      }
    }
  }
}

/// The planes of images, one for each image and channel, and the windows that pooling takes of each. A sequence is
/// an image of one row.
private struct PooledPlanes {
  /// Entries of a plane, and results.
  let entries: Int
  let results: Int
  let width: Int
  private let count: Int
  private let rows: [PoolingWindows.Window]
  private let columns: [PoolingWindows.Window]

  struct Window {
    let rows: PoolingWindows.Window
    let columns: PoolingWindows.Window

    func divisor(countingPadding: Bool) -> Float {
      Float(
        countingPadding
          ? rows.count * columns.count : rows.entries.count * columns.entries.count)
    }
  }

  init(_ windows: PoolingWindows, of x: Layout) {
    let sizes = x.asImages
    count = sizes[0] * sizes[1]
    width = sizes[3]
    entries = sizes[2] * sizes[3]
    let isFlat = windows.axisCount == 1
    rows =
      isFlat
      ? [PoolingWindows.Window(entries: 0..<1, count: 1)]
      : windows.windows(along: 0, of: sizes[2])
    columns = windows.windows(along: isFlat ? 0 : 1, of: sizes[3])
    results = rows.count * columns.count
  }

  /// Calls `body` with each plane, shared out.
  func forEach(_ call: KernelCall, _ body: (PooledPlanes, Int) -> Void) {
    call.workers.runRows(count, columns: max(entries, results)) { planes in
      for plane in planes { body(self, plane) }
    }
  }

  /// Calls `body` with each window of a plane, and the place of its result.
  func forEachWindow(_ body: (Int, Window) -> Void) {
    var result = 0
    for row in rows {
      for column in columns {
        body(result, Window(rows: row, columns: column))
        result += 1
      }
    }
  }

  /// The place of a window's largest entry: the first of equal ones, or the last NaN.
  func largest(_ plane: UnsafePointer<Float>, in window: Window) -> Int {
    var place = window.rows.entries.lowerBound * width + window.columns.entries.lowerBound
    for row in window.rows.entries {
      for column in window.columns.entries {
        let entry = plane[row * width + column]
        if entry > plane[place] || entry.isNaN { place = row * width + column }
      }
    }
    return place
  }
}
