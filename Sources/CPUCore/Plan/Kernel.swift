import ModelGraph

/// A computation that a program can have as a step. An operator becomes runnable by being one.
protocol Kernel: Sendable {
  /// Whether operands may be parts of wider rows. Others are copied first.
  var readsParts: Bool { get }

  /// Whether the operand of that index may be a parameter in 16-bit floats. Others are widened
  /// first.
  func widens(operand: Int) -> Bool

  /// Whether an operand may be packed; others are unpacked before.
  func unpacks(operand: Int) -> Bool

  /// The operands that are read as bfloat16 where all of them are: the factors of its products.
  var halfOperands: [Int] { get }

  /// The operand whose memory the result may take, where no later step needs it: one that is
  /// read entry by entry, just before that entry is written.
  var overwritten: Int? { get }

  /// The result that takes that memory.
  var overwriting: Int { get }

  /// The number of floats that the step needs while it runs, shared by all workers; they become one
  /// more result.
  func workspace(for operands: [Layout]) -> Int

  /// Bytes that each worker needs for itself while the step runs.
  func scratchBytes(operands: [Operand], results: [Operand]) -> Int

  /// A table that depends on sizes alone; it becomes one more operand.
  func table(for operands: [Layout]) -> (any Table)?

  /// The matrix products that a step with it computes.
  func products(in step: Step) -> [StepProduct]

  /// Bytes that a step with it reads and writes.
  func movedBytes(in step: Step) -> Double

  /// Why it cannot run with these settings, in words; nil where it can.
  var obstacle: String? { get }

  func run(_ call: KernelCall) throws(RunError)
}

extension Kernel {
  var readsParts: Bool { false }
  func widens(operand: Int) -> Bool { false }
  func unpacks(operand: Int) -> Bool { false }
  var halfOperands: [Int] { [] }
  var overwritten: Int? { nil }
  var overwriting: Int { 0 }
  func workspace(for operands: [Layout]) -> Int { 0 }
  func scratchBytes(operands: [Operand], results: [Operand]) -> Int { 0 }
  func table(for operands: [Layout]) -> (any Table)? { nil }
  func products(in step: Step) -> [StepProduct] { [] }
  func movedBytes(in step: Step) -> Double {
    (step.operands + step.results).reduce(0) { $0 + $1.byteCount }
  }
  var obstacle: String? { nil }
}

extension Kernel where Self: Operator {
  var halfOperands: [Int] { multipliedOperands }
}
