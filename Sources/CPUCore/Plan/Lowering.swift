import ModelGraph

/// Turns nodes into steps, one after another.
///
/// Views (splits, reshapes, dropout outside training) become no step. A dense product waits until
/// something reads it: an activation or a sum that does so alone becomes part of the product.
struct Lowering {
  private let graph: Graph
  private(set) var steps: [Step] = []
  private(set) var tables: [any Table] = []
  private var bufferBytes: [Int] = []
  private var totalBytes = 0
  private var operands: [Value.ID: Operand] = [:]
  private var shapes: [Value.ID: [Int]] = [:]
  private var waiting: [Value.ID: WaitingProduct] = [:]
  private var uses: [Value.ID: Int] = [:]
  private let outputs: [Graph.Output]
  private let isTraining: Bool
  private var dropoutCount = 0

  init(_ graph: Graph, outputs: [Graph.Output], needed: Set<Value.ID>, isTraining: Bool) {
    self.graph = graph
    self.isTraining = isTraining
    self.outputs = outputs
    for node in graph.nodes where node.results.contains(where: needed.contains) {
      for operand in node.operands { uses[operand, default: 0] += 1 }
    }
    // What the caller gets is kept as it is.
    for output in outputs { uses[output.value, default: 0] += 2 }
    for value in needed {
      guard let id = graph.parameter(readBy: value) else { continue }
      let parameter = graph[id]
      shapes[value] = parameter.shape
      operands[value] = Operand(
        place: .parameter(id), layout: Layout(parameter.shape), element: parameter.element)
    }
  }

  mutating func addInputs(
    shapes given: [String: [Int]], sizes: InputSizes
  ) throws(ProgramError) -> [Program.Input] {
    var inputs: [Program.Input] = []
    for input in graph.inputs where uses[input.value] != nil {
      let type = graph[input.value].type
      let shape = try sizes.concrete(type.shape)
      let operand = try newBuffer(shape, type.element, for: input.name)
      shapes[input.value] = shape
      operands[input.value] = operand
      inputs.append(
        Program.Input(
          name: input.name, shape: shape, element: type.element,
          isGiven: given[input.name] != nil, buffer: bufferBytes.count - 1))
    }
    return inputs
  }

  mutating func add(_ node: Node) throws(ProgramError) {
    let types = node.operands.map { ValueType(Shape(shapes[$0] ?? []), graph[$0].type.element) }
    let results: [ValueType]
    do { results = try node.operation.results(of: types) } catch {
      throw ProgramError(.operands(module: node.module, "\(error)"))
    }
    for (value, type) in zip(node.results, results) {
      shapes[value] = type.shape.dimensions.compactMap(\.size)
    }
    if let kernel = activeDropout(node) {
      try emit(kernel, for: node, results)
      return
    }
    if try absorb(node) { return }
    if let view = node.operation as? any ViewOperator {
      let whole = try operand(of: node.operands[0])
      if let views = view.views(of: whole.layout, as: node.results.map { shapes[$0] ?? [] }) {
        for (value, part) in zip(node.results, views) {
          operands[value] = Operand(
            place: whole.place, start: whole.start + part.start, layout: part.layout,
            element: whole.element)
        }
        return
      }
    }
    if let product = node.operation as? any ProductOperator {
      try wait(
        WaitingProduct(
          kernel: product.product(operandCount: node.operands.count),
          operands: node.operands.map { value throws(ProgramError) in try operand(of: value) },
          module: node.module),
        for: node.results[0])
      return
    }
    guard let kernel = node.operation as? any Kernel else {
      throw ProgramError(.noKernel(operation: node.operation.name, module: node.module))
    }
    try emit(kernel, for: node, results)
  }

  /// The kernel of a node that drops something in this program; nil for all others.
  private mutating func activeDropout(_ node: Node) -> (any Kernel)? {
    guard isTraining, let dropping = node.operation as? any DroppingOperator,
      dropping.dropoutRate > 0
    else { return nil }
    dropoutCount += 1
    return dropping.dropping(
      DropoutStream(number: dropoutCount, rate: dropping.dropoutRate))
  }

  /// Puts the outputs into buffers of their own.
  mutating func finishOutputs() throws(ProgramError) -> [Program.Output] {
    var taken: Set<Int> = []
    var results: [Program.Output] = []
    let written = Set(steps.flatMap { $0.results.map(\.place) })
    for output in outputs {
      var operand = try operand(of: output.value)
      let shape = shapes[output.value] ?? []
      let isWhole =
        written.contains(operand.place) && operand.layout.isContiguous
        && operand.element == .float32 && isWholeBuffer(operand)
      guard case .buffer(let number) = operand.place, isWhole, taken.insert(number).inserted else {
        operand = try emit(Widen(), [operand], results: [(shape, .float32)], module: "")[0]
        guard case .buffer(let copy) = operand.place else { continue }
        taken.insert(copy)
        results.append(Program.Output(name: output.name, shape: shape, buffer: copy))
        continue
      }
      results.append(Program.Output(name: output.name, shape: shape, buffer: number))
    }
    return results
  }
}

// MARK: - Products that wait

/// A dense product that nothing has read yet.
struct WaitingProduct {
  var kernel: DenseProduct
  var operands: [Operand]
  let module: String
}

extension Lowering {
  private mutating func wait(
    _ product: WaitingProduct, for value: Value.ID
  ) throws(ProgramError) {
    waiting[value] = product
    if uses[value] != 1 { _ = try operand(of: value) }
  }

  /// Makes a node part of a product that only it reads, where it can be.
  private mutating func absorb(_ node: Node) throws(ProgramError) -> Bool {
    guard node.results.count == 1, let result = node.results.first,
      let position = node.operands.lastIndex(where: { waiting[$0] != nil })
    else { return false }
    let value = node.operands[position]
    guard var product = waiting[value], shapes[value] == shapes[result] || node.operation is Permute
    else { return false }
    switch node.operation {
    case let activation as Activation:
      product.kernel.epilogue.append(.activation(activation.function))
    case let scale as Scale:
      product.kernel.epilogue.append(.scale(Float(scale.factor)))
    case is Dropout: break
    case let permute as Permute:
      guard permute.order == [1, 0], let transposed = product.kernel.transposed else {
        return false
      }
      product.kernel = transposed
      product.operands.swapAt(0, 1)
    case is Add, is Multiply:
      guard node.operands.count == 2 else { return false }
      let other = node.operands[1 - position]
      guard shapes[other] == shapes[result] else { return false }
      waiting[value] = nil
      product.operands.append(try operand(of: other))
      product.kernel.epilogue.append(node.operation is Add ? .add : .multiply)
    default: return false
    }
    waiting[value] = nil
    try wait(product, for: result)
    return true
  }
}

// MARK: - Steps

extension Lowering {
  /// Adds the step that computes a node's results.
  private mutating func emit(
    _ kernel: any Kernel, for node: Node, _ results: [ValueType]
  ) throws(ProgramError) {
    let read = try node.operands.map { value throws(ProgramError) in try operand(of: value) }
    let made = try emit(
      kernel, read, results: zip(node.results, results).map { (shapes[$0] ?? [], $1.element) },
      module: node.module)
    for (value, operand) in zip(node.results, made) { operands[value] = operand }
  }

  /// Where a value is, computing it now if it waited.
  private mutating func operand(of value: Value.ID) throws(ProgramError) -> Operand {
    if let known = operands[value] { return known }
    guard let product = waiting.removeValue(forKey: value) else {
      preconditionFailure("value \(value.index) is read before it is computed")
    }
    let made = try emit(
      product.kernel, product.operands, results: [(shapes[value] ?? [], .float32)],
      module: product.module)
    operands[value] = made[0]
    return made[0]
  }

  /// Adds a step, and before it those that bring its operands into a form that it reads.
  private mutating func emit(
    _ kernel: any Kernel, _ read: [Operand], results: [(shape: [Int], element: ElementType)],
    module: String
  ) throws(ProgramError) -> [Operand] {
    var read = read
    for index in read.indices {
      let isWideEnough = kernel.widens(operand: index) || !read[index].isHalf
      let isPlain = kernel.readsParts || read[index].layout.isContiguous
      if !isWideEnough || !isPlain {
        read[index] = try widened(read[index], module: module, always: true)
      }
    }
    if let table = kernel.table(for: read.map(\.layout)) { read.append(self.operand(of: table)) }
    var made: [Operand] = []
    for result in results {
      made.append(try newBuffer(result.shape, result.element, for: module))
    }
    steps.append(Step(kernel: kernel, operands: read, results: made, module: module))
    return made
  }

  /// The operand as 32-bit floats, or with `always` a copy without gaps.
  private mutating func widened(
    _ operand: Operand, module: String, always: Bool = false
  ) throws(ProgramError) -> Operand {
    guard always || operand.isHalf else { return operand }
    let element = operand.isHalf ? .float32 : operand.element
    return try emit(Widen(), [operand], results: [(operand.layout.shape, element)], module: module)[
      0]
  }

  private mutating func operand(of table: any Table) -> Operand {
    let known = tables.firstIndex { AnyHashable($0) == AnyHashable(table) }
    if known == nil { tables.append(table) }
    return Operand(
      place: .table(known ?? tables.count - 1), layout: Layout([table.count]), element: .float32)
  }

  private mutating func newBuffer(
    _ shape: [Int], _ element: ElementType, for name: String
  ) throws(ProgramError) -> Operand {
    let element = element.isFloatingPoint ? .float32 : element
    guard let bytes = try? (shape + [element.byteCount]).checkedProduct(),
      bytes <= Program.byteLimit - totalBytes
    else { throw ProgramError(.tooLarge(module: name, shape: "\(shape)")) }
    totalBytes += bytes
    bufferBytes.append(bytes)
    return Operand(
      place: .buffer(bufferBytes.count - 1), layout: Layout(shape), element: element)
  }

  private func isWholeBuffer(_ operand: Operand) -> Bool {
    guard case .buffer(let number) = operand.place else { return false }
    return operand.start == 0 && operand.layout.isContiguous
      && operand.layout.count * operand.element.byteCount == bufferBytes[number]
  }
}

// MARK: - Memory

extension Lowering {
  /// What the memory plan must know of each buffer. Outputs have memory of their own and take none.
  func buffers(inputs: [Program.Input], outputs: [Program.Output]) -> [ArenaPlan.Buffer] {
    var buffers = bufferBytes.map { ArenaPlan.Buffer(byteCount: $0, first: -1, last: -1) }
    for (index, step) in steps.enumerated() {
      for case .buffer(let number) in step.operands.map(\.place) { buffers[number].last = index }
      for case .buffer(let number) in step.results.map(\.place) {
        buffers[number].first = index
        buffers[number].last = index
      }
    }
    let apart = Set(outputs.map(\.buffer))
    for (index, step) in steps.enumerated() {
      guard let position = step.kernel.overwritten, isWholeBuffer(step.operands[position]),
        case .buffer(let old) = step.operands[position].place,
        case .buffer(let new) = step.results[0].place,
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

extension Operand {
  /// Whether this is a parameter in 16-bit floats.
  var isHalf: Bool { element == .float16 || element == .bfloat16 }
}
