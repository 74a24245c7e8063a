import ModelGraph
import PeftBasics

/// The steps of a program in the making, the buffers they write, and the tables they look up.
struct StepBuilder {
  var steps: [Step] = []
  private(set) var tables: [any Table] = []
  private var bufferBytes: [Int] = []
  private var totalBytes = 0

  /// Adds a step, and before it those that bring its operands into a form that it reads.
  mutating func add(
    _ kernel: any Kernel, _ read: [Operand], results: [(shape: [Int], element: ElementType)],
    module: String
  ) throws(ProgramError) -> [Operand] {
    var read = read
    let factors = kernel.halfOperands
    let areHalf = factors.allSatisfy { [.bfloat16, .ternary].contains(read[$0].element) }
    for index in read.indices {
      let isWideEnough =
        switch read[index].element {
        case .ternary: kernel.unpacks(operand: index)
        case .float16, .bfloat16:
          kernel.widens(operand: index) || areHalf && factors.contains(index)
        case .float32, .index, .mask: true
        }
      let isPlain = kernel.readsParts || read[index].layout.isContiguous
      if !isWideEnough || !isPlain {
        read[index] = try copied(read[index], module: module)
      }
    }
    if let table = kernel.table(for: read.map(\.layout)) { read.append(self.operand(of: table)) }
    var made: [Operand] = []
    for result in results {
      made.append(try newBuffer(result.shape, result.element, for: module))
    }
    let workspace = kernel.workspace(for: read.map(\.layout))
    let extra = workspace > 0 ? [try newBuffer([workspace], .float32, for: module)] : []
    steps.append(Step(kernel: kernel, operands: read, results: made + extra, module: module))
    return made
  }

  /// A copy without gaps, in 32-bit floats where the operand is floating-point and nothing else is said.
  mutating func copied(
    _ operand: Operand, as element: ElementType? = nil, module: String
  ) throws(ProgramError) -> Operand {
    let element = element ?? operand.element.whenComputed
    return try add(Widen(), [operand], results: [(operand.layout.shape, element)], module: module)[
      0]
  }

  private mutating func operand(of table: any Table) -> Operand {
    let known = tables.firstIndex { AnyHashable($0) == AnyHashable(table) }
    if known == nil { tables.append(table) }
    return Operand(
      place: .table(known ?? tables.count - 1), layout: Layout([table.count]), element: .float32)
  }

  mutating func newBuffer(
    _ shape: [Int], _ element: ElementType, for name: String
  ) throws(ProgramError) -> Operand {
    guard let bytes = try? (shape + [element.byteCount]).checkedProduct(),
      bytes <= Program.byteLimit - totalBytes
    else { throw ProgramError(.tooLarge(module: name, shape: "\(shape)")) }
    totalBytes += bytes
    bufferBytes.append(bytes)
    return Operand(
      place: .buffer(bufferBytes.count - 1), layout: Layout(shape), element: element)
  }

  /// Whether an operand is all of a buffer, in order.
  func isWholeBuffer(_ operand: Operand) -> Bool {
    guard case .buffer(let number) = operand.place else { return false }
    return operand.start == 0 && operand.layout.isContiguous
      && operand.layout.count * operand.element.byteCount == bufferBytes[number]
  }
}

// MARK: - Memory

extension StepBuilder {
  /// What the memory plan must know of each buffer. Outputs have memory of their own and take none, and what
  /// the first `madeCount` steps make for others stays for the next run.
  func buffers(outputs: [Program.Output], madeCount: Int) -> [ArenaPlan.Buffer] {
    var buffers = bufferBytes.map { ArenaPlan.Buffer(byteCount: $0, first: -1, last: -1) }
    for (index, step) in steps.enumerated() {
      for case .buffer(let number) in step.operands.map(\.place) {
        let isKept = index >= madeCount && 0..<madeCount ~= buffers[number].first
        buffers[number].last = isKept ? steps.count : index
      }
      for case .buffer(let number) in step.results.map(\.place) {
        buffers[number].first = index
        buffers[number].last = index
      }
    }
    let apart = Set(outputs.map(\.buffer))
    for (index, step) in steps.enumerated() {
      guard let position = step.kernel.overwritten, isWholeBuffer(step.operands[position]),
        case .buffer(let old) = step.operands[position].place,
        case .buffer(let new) = step.results[step.kernel.overwriting].place,
        buffers[old].last == index, buffers[old].byteCount == buffers[new].byteCount,
        step.operands.count(where: { $0.place == .buffer(old) }) == 1,
        !apart.contains(old), !apart.contains(new)
      else { continue }
      buffers[new].replaced = old
    }
    for number in apart { buffers[number].byteCount = 0 }
    return buffers
  }
}

extension ElementType {
  /// Whether these are 16-bit floats.
  var isHalf: Bool { self == .float16 || self == .bfloat16 }

  /// What a value is computed in, whatever its operands are stored in.
  var whenComputed: ElementType { isFloatingPoint ? .float32 : self }
}
