public import ModelGraph
import PeftBasics
public import PeftTensors

/// Runs a program: its memory, its parameters, its threads.
///
/// Working memory is kept from one run to the next, and so is the outputs' once they are released. An
/// executor is for one task at a time; parameters can be shared by any number of them, and a workspace by
/// those that take turns.
///
/// It computes on threads of its own, which block all signals but those of their own faults: the host
/// program's handlers run on other threads, at any time, and may interrupt the one that waits in `run`.
/// A process that was forked has no such threads; make a new executor there.
public final class Executor {
  public let program: Program
  private let parameters: [Parameter.ID: Tensor]
  private let rounded: [Parameter.ID: Tensor]
  private let trained: TrainedParameters?
  private let state: ProgramState?
  private let workspace: Workspace
  private let tables: MemoryBlock
  private let tableOffsets: [Int]
  private var calls: [KernelCall] = []
  /// Which version of the workspace's memory the calls are for.
  private var callsVersion: Int?

  /// - Parameters:
  ///   - parameters: A tensor for each parameter that the program reads. They are used where they
  ///     are, in the type they have.
  ///   - trained: Parameters that change between runs; they need no tensors.
  ///   - state: Parameters that programs write; they need no tensors.
  ///   - rounded: Where parameters that the program reads rounded are kept, for other executors too.
  ///   - threads: Threads that compute while the caller waits; as many as there are cores where nil.
  ///   - workspace: Threads and memory that are shared with other executors; one of its own where nil.
  /// - Throws: `RunError` where a parameter is missing or misshapen, or there is too little memory, or no
  ///   thread.
  public init(
    _ program: Program, parameters: [Parameter.ID: Tensor], trained: TrainedParameters? = nil,
    state: ProgramState? = nil, rounded: RoundedParameters = RoundedParameters(),
    threads: Int? = nil,
    workspace shared: Workspace? = nil
  ) throws(RunError) {
    self.program = program
    self.trained = trained
    self.state = state
    for (id, parameter) in program.parameters.sorted(by: { $0.key.index < $1.key.index }) {
      if (trained?.address(of: id) ?? state?.address(of: id)) != nil { continue }
      guard let tensor = parameters[id] else { throw RunError(.missingParameter(parameter.name)) }
      guard tensor.count == parameter.count,
        tensor.shape.filter({ $0 != 1 })
          == parameter.shape.filter({ $0 != 1 })
      else {
        throw RunError(
          .parameterShape(parameter.name, found: tensor.shape, expected: parameter.shape))
      }
      guard tensor.type == NumberType(parameter.element),
        (tensor.ternary != nil) == (parameter.element == .ternary)
      else {
        throw RunError(
          .wrongType(
            input: parameter.name, found: "\(tensor.type)",
            expected: "\(NumberType(parameter.element)), as planned"))
      }
    }
    self.parameters = parameters
    if let shared { workspace = shared } else { workspace = try Workspace(threads: threads) }
    var halves: [Parameter.ID: Tensor] = [:]
    for id in program.rounded {
      guard let tensor = parameters[id] else { continue }
      halves[id] = try rounded.tensor(id, of: tensor, on: workspace.pool)
    }
    self.rounded = halves
    try workspace.reserve(for: program)
    var offsets: [Int] = []
    var end = 0
    for table in program.tables {
      offsets.append(end)
      end += (table.count * 4).roundedUp(to: 64)
    }
    tableOffsets = offsets
    tables = try MemoryBlock(byteCount: end)
    for (table, offset) in zip(program.tables, offsets) {
      let start = (tables.address + offset).assumingMemoryBound(to: Float.self)
      table.fill(UnsafeMutableBufferPointer(start: start, count: table.count))
    }
  }

  /// Computes the outputs.
  /// - Parameters:
  ///   - inputs: Tensors by name, in the planned shapes. Indices may be of any type of integer,
  ///     masks too, and floats of any type.
  ///   - seed: The random seed of a training program's dropout: give each step another.
  ///   - fullLength: The length of a row with all its padding, where sequences of the inputs have less: what
  ///     dropout drops does not depend on how much padding there is.
  /// - Throws: `RunError` where an input is missing or does not fit, or an index has no row.
  public func run(
    _ inputs: [String: Tensor], seed: UInt64 = 0, fullLength: Int? = nil
  ) throws(RunError) -> [String: Tensor] {
    try prepareCalls()
    for input in program.inputs { try read(input, from: inputs) }
    for index in calls.indices {
      calls[index].seed = seed
      calls[index].fullLength = fullLength ?? 0
    }
    let version = trained?.version ?? 0
    let start = workspace.holdsWeights(of: self, version: version) ? program.madeCount : 0
    workspace.noteWeights(of: nil)
    try workspace.pool.perform { () throws(RunError) in
      for index in start..<program.steps.count {
        try program.steps[index].kernel.run(calls[index])
        if index < program.madeCount { giveBack(program.steps[index]) }
      }
    }
    workspace.noteWeights(of: self, version: version)
    var results: [String: Tensor] = [:]
    for output in program.outputs {
      let block = workspace.block(of: output)
      let bytes = UnsafeRawBufferPointer(
        start: block.address, count: output.byteCount)
      results[output.name] = Tensor(
        over: bytes, shape: output.shape, type: .float32, owner: block)
    }
    return results
  }

  /// Gives back the pages of weights that are not read again in this run.
  private func giveBack(_ step: Step) {
    for case .parameter(let id) in step.operands.map(\.place) where program.readOnce.contains(id) {
      parameters[id]?.withUnsafeBytes { MappedFile.giveBack($0) }
    }
  }

  /// Makes room for the run, and calls that know where it is.
  private func prepareCalls() throws(RunError) {
    try workspace.reserve(for: program)
    for output in program.outputs { try workspace.renew(output) }
    guard callsVersion != workspace.version else { return }
    calls = program.steps.map(call)
    callsVersion = workspace.version
  }

  private func call(_ step: Step) -> KernelCall {
    KernelCall(
      operands: step.operands.map(view), results: step.results.map(view),
      workers: Workers(
        pool: workspace.pool, scratch: workspace.scratch.address,
        scratchBytes: program.scratchBytes),
      module: step.module, readsRowsAlone: readsRowsAlone(step))
  }

  /// Whether a step reads rows of a table that no step reads as a whole.
  private func readsRowsAlone(_ step: Step) -> Bool {
    guard step.kernel is Embedding, case .parameter(let id) = step.operands[1].place else {
      return false
    }
    return !program.readWhole.contains(id)
  }

  private func view(_ operand: Operand) -> NumberView {
    let start: UnsafeMutableRawPointer =
      switch operand.place {
      case .buffer(let number): address(ofBuffer: number)
      case .table(let number): tables.address + tableOffsets[number]
      case .parameter(let id): address(of: id)
      case .rounded(let id): address(of: rounded[id])
      }
    if operand.element == .ternary {
      return NumberView(
        address: start, layout: operand.layout, element: .ternary, start: operand.start)
    }
    return NumberView(
      address: start + operand.start * operand.element.byteCount, layout: operand.layout,
      element: operand.element)
  }

  private func address(ofBuffer number: Int) -> UnsafeMutableRawPointer {
    if let output = program.outputs.first(where: { $0.buffer == number }) {
      return workspace.block(of: output).address
    }
    return workspace.arena.address + program.arena.offsets[number]
  }

  /// The address stays valid: `parameters` holds the tensor.
  private func address(of id: Parameter.ID) -> UnsafeMutableRawPointer {
    trained?.address(of: id) ?? state?.address(of: id) ?? address(of: parameters[id])
  }

  private func address(of tensor: Tensor?) -> UnsafeMutableRawPointer {
    if let ternary = tensor?.ternary {
      return UnsafeMutableRawPointer(mutating: UnsafeRawPointer(ternary.header))
    }
    guard let start = tensor?.withUnsafeBytes({ $0.baseAddress }) else {
      return workspace.arena.address
    }
    return UnsafeMutableRawPointer(mutating: start)
  }

  private func read(
    _ input: Program.Input, from inputs: [String: Tensor]
  ) throws(RunError) {
    let place = address(ofBuffer: input.buffer)
    guard input.isGiven else {
      guard inputs[input.name] == nil else { throw RunError(.unplannedInput(input.name)) }
      let byteCount = input.shape.reduce(1, *) * input.element.byteCount
      place.initializeMemory(
        as: UInt8.self, repeating: input.element == .mask ? 1 : 0, count: byteCount)
      return
    }
    guard let tensor = inputs[input.name] else { throw RunError(.missingInput(input.name)) }
    guard tensor.shape == input.shape else {
      throw RunError(
        .wrongShape(input: input.name, found: tensor.shape, planned: input.shape))
    }
    switch input.element {
    case .index, .mask:
      guard let integers = tensor.integers() else {
        throw RunError(
          .wrongType(input: input.name, found: "\(tensor.type)", expected: "integers"))
      }
      if input.element == .mask {
        let mask = place.assumingMemoryBound(to: UInt8.self)
        for (index, integer) in integers.enumerated() { mask[index] = integer == 0 ? 0 : 1 }
      } else {
        let indices = place.assumingMemoryBound(to: Int64.self)
        for (index, integer) in integers.enumerated() { indices[index] = Int64(integer) }
      }
    case .float32, .float16, .bfloat16, .ternary:
      tensor.floats().withUnsafeBytes {
        place.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(place), byteCount: $0.count)
      }
    }
  }
}
