import PeftBasics

/// Operands that do not fit an operator, in words that name both sides.
package struct ShapeError: Diagnosis, Hashable {
  package enum Reason: Hashable, Sendable {
    case operandCount(expected: String, found: Int)
    case rank(operand: String, expected: String, found: Shape)
    case element(operand: String, expected: String, found: ElementType)
    case width(operand: String, expected: Dimension, found: Shape)
    case sizes(left: String, Shape, right: String, Shape)
    case indivisible(size: Int, divisor: Int, what: Divisor)
    case tooSmall(String, Int, minimum: Int)
    case tooLarge(String, Int, maximum: Int)
    case order([Int], of: Shape)
    case axis(Int, of: Shape)
    /// Not channels first.
    case layout(expected: String, found: Shape)
    case openChannels(Shape)
    case axisTwice(Int, of: Shape)
    case openAxes(ClosedRange<Int>, of: Shape)
    case backwards(start: Int, end: Int, of: Shape)
    case noRow(Int, count: Int)
    case range(Range<Int>, of: Shape, axis: Int)
    /// A window that reaches over more entries than an axis has with its padding.
    case window(reach: Int, room: Int, of: Shape, axis: Int)
    case unknownSize(operand: String, Shape)
    case overflow(String)
  }

  /// What has to divide a width.
  package enum Divisor: String, Hashable, Sendable {
    case heads
    case keyValueHeads = "key/value heads"
    case headEntries = "entries of a head"
    case rotatedHalves = "halves of the rotated entries"
    case normalizedEntries = "normalized entries"
    case groups
    case channelGroups = "groups of channels"
    case parts
  }

  /// The operator's name.
  package let operation: String
  package let reason: Reason

  package init(_ operation: String, _ reason: Reason) {
    self.operation = operation
    self.reason = reason
  }

  package var words: (problem: String, fix: String?) {
    let problem =
      switch reason {
      case .operandCount(let expected, let found):
        "takes \(expected) value\(expected == "1" ? "" : "s"), not \(found)"
      case .rank(let operand, let expected, let found):
        "\(operand) must have \(expected), but its shape is \(found)"
      case .element(let operand, let expected, let found):
        "\(operand) must be \(expected), not \(found)"
      case .width(let operand, let expected, let found):
        "\(operand) must end in \(expected), but its shape is \(found)"
      case .sizes(let leftName, let left, let rightName, let right):
        "\(leftName) \(left) does not fit \(rightName) \(right)"
      case .indivisible(let size, let divisor, let what):
        what == .channelGroups
          ? "\(divisor) groups do not divide \(size) channels"
          : "\(divisor) \(what.rawValue) do not divide width \(size)"
      case .tooSmall(let what, let found, let minimum):
        "\(what) must be at least \(minimum), not \(found)"
      case .tooLarge(let what, let found, let maximum):
        "\(what) must be at most \(maximum), not \(found)"
      case .order(let order, let shape): "\(order) is not an order of the axes of \(shape)"
      case .axis(let axis, let shape): "there is no axis \(axis) in \(shape)"
      case .layout(let expected, let shape):
        "the input must be \(expected), but its shape is \(shape)"
      case .openChannels(let shape):
        "axis 1 of the input \(shape) must be its channels, as many as are known"
      case .axisTwice(let axis, let shape): "axis \(axis) of \(shape) is named twice"
      case .openAxes(let axes, let shape):
        "axes \(axes.lowerBound) to \(axes.upperBound) of \(shape) must have known sizes"
      case .backwards(let start, let end, let shape):
        "axis \(start) stands behind axis \(end) in \(shape)"
      case .noRow(let row, let count): "there is no row \(row) among \(count)"
      case .range(let range, let shape, let axis):
        "\(range.lowerBound)..<\(range.upperBound) lies outside axis \(axis) of \(shape)"
      case .window(let reach, let room, let shape, let axis):
        "a kernel that reaches over \(reach) does not fit axis \(axis) of the input \(shape), which is "
          + "\(room) with its padding"
      case .unknownSize(let operand, let shape):
        "\(operand) must have known sizes, but its shape is \(shape)"
      case .overflow(let what): "\(what) is beyond 2^63"
      }
    return ("\(operation): \(problem)", remedy)
  }

  private var remedy: String? {
    switch reason {
    case .operandCount(let expected, _): "give it \(expected), in the order in which it takes them"
    case .rank(let operand, let expected, _):
      "let \(operand) have \(expected): reshape it, or read another value"
    case .element(_, "indices", _): "read tokens: an input of that type"
    case .element(_, "a mask", _): "read a mask: an input of that type"
    case .element: "read an input of numbers, or what an embedding makes of tokens"
    case .width(_, let expected, _): "change one of the two, so that both are \(expected)"
    case .sizes: "change one of the two, so that they fit"
    case .indivisible(let size, _, _): "choose a divisor of \(size)"
    case .window(let reach, let room, _, _):
      "choose a kernel that reaches over at most \(room), or \(reach - room) more of padding"
    case .tooLarge("the padding", _, let maximum): "choose a padding of at most \(maximum)"
    case .layout: "read a value that has these axes"
    case .openChannels: "bring the channels to axis 1, or take what works on the last axis"
    case .axisTwice: "name each axis once"
    case .unknownSize(let operand, _): "write the sizes of \(operand) as numbers"
    case .backwards: "choose a start that is at most the end"
    case .openAxes: "begin behind the axes that are open, or make them of known sizes first"
    case .tooSmall(_, _, let minimum): "choose \(minimum) or more"
    case .tooLarge(_, _, let maximum): "choose \(maximum) or less"
    case .order: "name every axis once, from 0"
    case .axis(_, let shape):
      shape.rank > 0 ? "choose from 0 to \(shape.rank - 1)" : "read a value with axes"
    case .noRow(_, let count): "choose from 0 to \(count - 1)"
    case .range: "choose a range inside the axis"
    case .overflow: "choose smaller sizes"
    }
  }
}
