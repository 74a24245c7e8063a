import CKernels
import ModelGraph
import PeftBasics

/// What each result of a convolution sees of an image: the channels of its group, then rows, then columns. A
/// sequence is an image of one row.
struct ConvolutionWindows {
  /// Entries of a window.
  let depth: Int
  /// Input channels that one group of outputs sees.
  private let channels: Int
  private let kernel: (rows: Int, columns: Int)
  private let image: (channels: Int, rows: Int, columns: Int)
  private let stride: (rows: Int, columns: Int)
  private let before: (rows: Int, columns: Int)
  private let dilation: (rows: Int, columns: Int)
  /// Whether no window reaches over an edge or leaves out columns: each of its lines is a run of entries.
  private let hasWholeLines: Bool

  /// - Parameters:
  ///   - weight: `[out, in / groups, …]`.
  ///   - image: `[batch, in, …]`.
  init(_ geometry: ConvolutionGeometry, weight: Layout, image: Layout) {
    let (weight, image) = (weight.asImages, image.asImages)
    channels = weight[1]
    kernel = (weight[2], weight[3])
    self.image = (image[1], image[2], image[3])
    stride = Self.pair(geometry.stride, otherwise: 1)
    before = Self.pair(geometry.before, otherwise: 0)
    dilation = Self.pair(geometry.dilation, otherwise: 1)
    hasWholeLines =
      dilation.columns == 1 && (geometry.before + geometry.after).allSatisfy { $0 == 0 }
    depth = channels * kernel.rows * kernel.columns
  }

  private static func pair(_ sizes: [Int], otherwise: Int) -> (Int, Int) {
    sizes.count == 1 ? (otherwise, sizes[0]) : (sizes[0], sizes[1])
  }

  /// What the windows of a row of results take.
  static func bytes(_ width: Int, _ weight: Layout) -> Int {
    (try? (weight.shape.dropFirst() + [width, 4]).checkedProduct()) ?? .max
  }

  /// Copies the windows of a row of results, one after another.
  /// - Parameter group: The group of channels that they see.
  func gather(
    _ x: NumberView, image: Int, group: Int = 0, row: Int, width: Int,
    into windows: UnsafeMutablePointer<Float>
  ) {
    for column in 0..<width {
      forEachLine(of: x, image: image, group: group, row: row, column) { start, line, range in
        let window = windows + column * depth + start
        guard hasWholeLines else {
          for place in 0..<kernel.columns {
            window[place] = range.contains(place) ? line[place * dilation.columns] : 0
          }
          return
        }
        window.update(from: line, count: kernel.columns)
      }
    }
  }

  /// Adds the windows of a row of results to where they were copied from.
  func scatter(
    _ windows: UnsafePointer<Float>, image: Int, group: Int = 0, row: Int, width: Int,
    addingTo x: NumberView
  ) {
    for column in 0..<width {
      forEachLine(of: x, image: image, group: group, row: row, column) { start, line, range in
        let window = windows + column * depth + start
        guard hasWholeLines else {
          for place in range { line[place * dilation.columns] += window[place] }
          return
        }
        ck_add(kernel.columns, line, window, line)
      }
    }
  }

  /// Calls `body` with the place in the window of each of its lines, the address in the image of the line's first
  /// entry, which may be outside, and which entries are inside.
  private func forEachLine(
    of x: NumberView, image index: Int, group: Int, row: Int, _ column: Int,
    _ body: (Int, UnsafeMutablePointer<Float>, Range<Int>) -> Void
  ) {
    let left = column * stride.columns - before.columns
    let range = inside(from: left, of: image.columns, dilation.columns, count: kernel.columns)
    for channel in 0..<channels {
      let plane = (index * image.channels + group * channels + channel) * image.rows
      for kernelRow in 0..<kernel.rows {
        let place = row * stride.rows - before.rows + kernelRow * dilation.rows
        let isInside = 0..<image.rows ~= place
        let start = (plane + (isInside ? place : 0)) * image.columns + left
        body(
          (channel * kernel.rows + kernelRow) * kernel.columns, x.floats + start,
          isInside ? range : 0..<0)
      }
    }
  }

  /// Which of some entries, each that far from the one before it, are within an axis.
  private func inside(from start: Int, of size: Int, _ distance: Int, count: Int) -> Range<Int> {
    let first = start >= 0 ? 0 : (-start).dividedRoundingUp(by: distance)
    let end = size <= start ? 0 : (size - start).dividedRoundingUp(by: distance)
    let last = min(count, end)
    return first < last ? first..<last : 0..<0
  }
}

extension Layout {
  /// The shape as that of images: one of sequences `[batch, channels, length]` is of one row each.
  var asImages: [Int] {
    shape.count == 3 ? [shape[0], shape[1], 1, shape[2]] : shape
  }
}
