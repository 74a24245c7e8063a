import CKernels
import PeftBasics

/// What each result of a convolution sees of an image: channels, then rows, then columns.
struct ConvolutionWindows {
  private let channels: Int
  private let rows: Int
  private let columns: Int
  private let stride: Int
  /// Entries of a window.
  let depth: Int

  /// - Parameter weight: `[out, in, kernel, kernel]`.
  init(weight: Layout, stride: Int) {
    (channels, rows, columns) = (weight.shape[1], weight.shape[2], weight.shape[3])
    self.stride = stride
    depth = channels * rows * columns
  }

  /// What the windows of a row of results take.
  static func bytes(_ width: Int, _ weight: Layout) -> Int {
    (try? (weight.shape.dropFirst() + [width, 4]).checkedProduct()) ?? .max
  }

  func gather(
    _ x: NumberView, image: Int, row: Int, _ column: Int,
    into window: UnsafeMutablePointer<Float>
  ) {
    forEachLine(of: x, image: image, row: row, column) { start, line in
      (window + start).update(from: line, count: columns)
    }
  }

  func scatter(
    _ window: UnsafePointer<Float>, image: Int, row: Int, _ column: Int, addingTo x: NumberView
  ) {
    forEachLine(of: x, image: image, row: row, column) { start, line in
      ck_add(columns, line, window + start, line)
    }
  }

  /// Calls `body` with the place in the window and in the image of each of the window's lines.
  private func forEachLine(
    of x: NumberView, image: Int, row: Int, _ column: Int,
    _ body: (Int, UnsafeMutablePointer<Float>) -> Void
  ) {
    let (height, width) = (x.layout.shape[2], x.layout.shape[3])
    for channel in 0..<channels {
      for kernelRow in 0..<rows {
        let line = (image * channels + channel) * height + row * stride + kernelRow
        body(
          (channel * rows + kernelRow) * columns, x.floats + line * width + column * stride)
      }
    }
  }
}
