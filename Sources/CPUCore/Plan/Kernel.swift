import ModelGraph

/// A loop over numbers that a program can take as a step. An operator becomes runnable by being one.
protocol Kernel: Sendable {
  /// Whether operands may be parts of wider rows. Others are copied first.
  var readsParts: Bool { get }

  /// Whether the operand of that number may be a parameter in 16-bit floats. Others are widened
  /// first.
  func widens(operand: Int) -> Bool

  /// The operand whose memory the result may take, where nobody needs it afterwards: one that is
  /// read entry by entry, just before that entry is written.
  var overwritten: Int? { get }

  /// Bytes that each worker needs for itself while the step runs.
  func scratchBytes(operands: [Layout], results: [Layout]) -> Int

  /// A table that depends on sizes alone; it becomes one more operand.
  func table(for operands: [Layout]) -> (any Table)?

  func run(_ call: KernelCall) throws(RunError)
}

extension Kernel {
  var readsParts: Bool { false }
  func widens(operand: Int) -> Bool { false }
  var overwritten: Int? { nil }
  func scratchBytes(operands: [Layout], results: [Layout]) -> Int { 0 }
  func table(for operands: [Layout]) -> (any Table)? { nil }
}

/// Numbers that several steps look up and that follow from a few settings.
protocol Table: Hashable, Sendable {
  var count: Int { get }
  func fill(_ entries: UnsafeMutableBufferPointer<Float>)
}

/// An operator whose results are its operand's entries seen in another way.
protocol ViewOperator: Operator {
  /// Where each result starts within the operand, and how it lies there; nil where the entries must
  /// be moved instead.
  func views(of operand: Layout, as shapes: [[Int]]) -> [(start: Int, layout: Layout)]?
}
