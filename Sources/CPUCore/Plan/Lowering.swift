import ModelGraph
import PeftBasics

/// Turns nodes into steps, one after another.
///
/// Views (splits, reshapes, dropout outside training) become no step. Dense products wait until
/// something reads them.
struct Lowering {
  let graph: Graph
  var builder = StepBuilder()
  /// Products that nothing has read yet, by the value they will be.
  var waiting: [Value.ID: WaitingProduct] = [:]
  private(set) var shapes: [Value.ID: [Int]] = [:]
  private var operands: [Value.ID: Operand] = [:]
  private(set) var uses: [Value.ID: Int] = [:]
  /// What a value is rounded to that nothing else reads.
  private var conversions: [Value.ID: Value.ID] = [:]
  private let outputs: [Graph.Output]
  private let sizes: InputSizes
  private let isTraining: Bool
  private var dropoutCount = 0

  init(
    _ graph: Graph, outputs: [Graph.Output], needed: Set<Value.ID>, sizes: InputSizes,
    isTraining: Bool
  ) {
    self.graph = graph
    self.sizes = sizes
    self.isTraining = isTraining
    self.outputs = outputs
    for node in graph.nodes where node.results.contains(where: needed.contains) {
      for operand in node.operands { uses[operand, default: 0] += 1 }
    }
    // What the caller gets is kept as it is.
    for output in outputs { uses[output.value, default: 0] += 2 }
    for node in graph.nodes where node.operation is Convert && needed.contains(node.results[0]) {
      if uses[node.operands[0]] == 1 { conversions[node.operands[0]] = node.results[0] }
    }
    for value in needed {
      guard let id = graph.parameter(readBy: value) else { continue }
      let parameter = graph[id]
      shapes[value] = parameter.shape
      operands[value] = Operand(
        place: .parameter(id), layout: Layout(parameter.shape), element: parameter.element,
        density: parameter.density)
    }
  }

  mutating func addInputs(
    shapes given: [String: [Int]]
  ) throws(ProgramError) -> [Program.Input] {
    var inputs: [Program.Input] = []
    for input in graph.inputs where uses[input.value] != nil {
      let type = graph[input.value].type
      let shape = try sizes.concrete(type.shape)
      let operand = try builder.newBuffer(shape, type.element.whenComputed, for: input.name)
      shapes[input.value] = shape
      operands[input.value] = operand
      guard case .buffer(let buffer) = operand.place else { continue }
      inputs.append(
        Program.Input(
          name: input.name, shape: shape, element: type.element,
          isGiven: given[input.name] != nil, buffer: buffer))
    }
    return inputs
  }

  mutating func add(_ node: Node) throws(ProgramError) {
    let types = node.operands.map { ValueType(Shape(shapes[$0] ?? []), graph[$0].type.element) }
    let results: [ValueType]
    do { results = try node.operation.results(of: types) } catch {
      throw ProgramError(.operands(module: node.module, AnyDiagnosis(error)))
    }
    for (value, type) in zip(node.results, results) {
      shapes[value] = try sizes.concrete(type.shape)
    }
    if operands[node.results[0]] != nil { return }
    if node.operation is Convert, let rounded = roundedOnce(node.operands[0]) {
      operands[node.results[0]] = rounded
      return
    }
    if let kernel = try activeDropout(node) {
      try emit(kernel, for: node, results)
      return
    }
    if try absorb(node) { return }
    if let append = node.operation as? AppendToCache {
      try addInPlace(append, for: node)
      return
    }
    if let view = node.operation as? any ViewOperator, try addViews(view, for: node) { return }
    if let product = node.operation as? any ProductOperator {
      let read = try node.operands.map { value throws(ProgramError) in try operand(of: value) }
      let kernel = product.product(operandCount: read.count)
      let factors = try unpacked(product.factors(read), of: kernel, module: node.module)
      try wait(
        WaitingProduct(kernel: kernel, operands: factors, module: node.module),
        for: node.results[0])
      return
    }
    guard let kernel = node.operation as? any Kernel else {
      throw ProgramError(.noKernel(operation: node.operation.name, module: node.module))
    }
    if let obstacle = kernel.obstacle {
      throw ProgramError(.cannotRun(module: node.module, obstacle))
    }
    try emit(kernel, for: node, results)
  }

  /// The kernel of a node that drops something in this program; nil for all others.
  private mutating func activeDropout(_ node: Node) throws(ProgramError) -> (any Kernel)? {
    guard isTraining, let dropping = node.operation as? any DroppingOperator,
      dropping.dropoutRate > 0
    else { return nil }
    guard let operation = dropping as? any DropoutOperator else {
      throw ProgramError(.noKernel(operation: dropping.name, module: node.module))
    }
    dropoutCount += 1
    return operation.dropping(
      DropoutStream(number: dropping.stream ?? dropoutCount, rate: dropping.dropoutRate))
  }

  /// Puts the outputs into buffers of their own.
  mutating func finishOutputs() throws(ProgramError) -> [Program.Output] {
    var taken: Set<Operand.Place> = []
    var results: [Program.Output] = []
    let written = Set(builder.steps.flatMap { $0.results.map(\.place) })
    for output in outputs {
      var operand = try operand(of: output.value)
      let shape = shapes[output.value] ?? []
      let isItsOwn =
        written.contains(operand.place) && !taken.contains(operand.place)
        && operand.element == .float32 && builder.isWholeBuffer(operand)
      if !isItsOwn {
        operand = try builder.add(Widen(), [operand], results: [(shape, .float32)], module: "")[0]
      }
      taken.insert(operand.place)
      guard case .buffer(let buffer) = operand.place else { continue }
      results.append(Program.Output(name: output.name, shape: shape, buffer: buffer))
    }
    return results
  }
}

// MARK: - Steps

extension Lowering {
  /// Where the rounded entries of a parameter are that no step of training changes; nil for others.
  private func roundedOnce(_ value: Value.ID) -> Operand? {
    guard let id = graph.parameter(readBy: value) else { return nil }
    if case .adapter = graph[id].role { return nil }
    return Operand(place: .rounded(id), layout: Layout(graph[id].shape), element: .bfloat16)
  }

  /// Lets a node's results be parts of its operand, or of a copy without gaps where no kernel can move
  /// them one by one.
  /// - Returns: Whether they are.
  private mutating func addViews(
    _ view: any ViewOperator, for node: Node
  ) throws(ProgramError) -> Bool {
    let parts = node.results.map { shapes[$0] ?? [] }
    var whole = try operand(of: node.operands[0])
    var views = view.views(of: whole.layout, as: parts)
    if views == nil, !(view is any Kernel) {
      let element = whole.element == .ternary ? .float32 : whole.element
      whole = try builder.copied(whole, as: element, module: node.module)
      views = view.views(of: whole.layout, as: parts)
    }
    guard let views else { return false }
    for (value, part) in zip(node.results, views) {
      operands[value] = Operand(
        place: whole.place, start: whole.start + part.start, layout: part.layout,
        element: whole.element, density: whole.density)
    }
    return true
  }

  /// Adds a step that changes its first operand, which is the result from then on.
  private mutating func addInPlace(_ kernel: any Kernel, for node: Node) throws(ProgramError) {
    let read = try node.operands.map { value throws(ProgramError) in try operand(of: value) }
    _ = try builder.add(kernel, read, results: [], module: node.module)
    operands[node.results[0]] = read[0]
  }

  /// Adds the step that computes a node's results.
  private mutating func emit(
    _ kernel: any Kernel, for node: Node, _ results: [ValueType]
  ) throws(ProgramError) {
    let read = try node.operands.map { value throws(ProgramError) in try operand(of: value) }
    if try emitRows(kernel, read, for: node) { return }
    let made = try builder.add(
      kernel, read,
      results: zip(node.results, results).map { value, type in
        let element = node.operation is Convert ? type.element : type.element.whenComputed
        return (shapes[value] ?? [], element)
      },
      module: node.module)
    for (value, operand) in zip(node.results, made) { operands[value] = operand }
  }

  /// Adds the step of a kernel of rows that reads or writes bfloat16.
  /// - Returns: Whether it is one.
  private mutating func emitRows(
    _ kernel: any Kernel, _ read: [Operand], for node: Node
  ) throws(ProgramError) -> Bool {
    guard node.results.count == 1, let result = node.results.first, let shape = shapes[result]
    else { return false }
    let rounded = conversions[result]
    let blocks = RowBlocks(
      kernel, read, result: shape, element: rounded == nil ? .float32 : .bfloat16)
    guard let blocks else { return false }
    operands[rounded ?? result] = try builder.add(
      blocks, read, results: [(shape, blocks.element)], module: node.module)[0]
    return true
  }

  /// Where a value is, computing it now if it waited.
  mutating func operand(of value: Value.ID) throws(ProgramError) -> Operand {
    if let known = operands[value] { return known }
    guard let product = waiting.removeValue(forKey: value) else {
      preconditionFailure("value \(value.index) is read before it is computed")
    }
    let made = try builder.add(
      product.kernel, product.operands, results: [(shapes[value] ?? [], product.kernel.element)],
      module: product.module)
    operands[value] = made[0]
    return made[0]
  }
}
