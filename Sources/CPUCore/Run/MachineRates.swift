import ModelGraph

/// How fast this machine computes with some number of threads, measured through the kernels that programs run.
public struct MachineRates: Hashable, Sendable {
  /// Operations a second in matrix products of 32-bit floats: a multiplication and its addition are two.
  public let singleOperations: Double
  /// The same for factors of bfloat16.
  public let halfOperations: Double
  /// Bytes a second that entrywise steps read and write.
  public let bytes: Double

  public init(singleOperations: Double, halfOperations: Double, bytes: Double) {
    self.singleOperations = singleOperations
    self.halfOperations = halfOperations
    self.bytes = bytes
  }

  /// Measures them, in about a second.
  /// - Parameter threads: As many as there are cores where nil.
  /// - Throws: `RunError` where there is no thread, or too little memory.
  public static func measured(threads: Int? = nil) throws(RunError) -> MachineRates {
    let workspace = try Workspace(threads: threads)
    return try MachineRates(
      singleOperations: workspace.productRate(.float32),
      halfOperations: workspace.productRate(.bfloat16), bytes: workspace.moveRate())
  }
}

extension Workspace {
  /// A layer of GPT-2 small on 1,024 tokens.
  fileprivate func productRate(_ element: ElementType) throws(RunError) -> Double {
    let (rows, inputs, outputs) = (1024, 768, 3072)
    let product = DenseProduct(transposesFirst: false, transposesSecond: true, hasBias: false)
    let seconds = try seconds(
      of: product, [([rows, inputs], element), ([outputs, inputs], element)], to: [rows, outputs])
    return 2 * Double(rows) * Double(inputs) * Double(outputs) / seconds
  }

  /// A sum of matrices that are larger than caches.
  fileprivate func moveRate() throws(RunError) -> Double {
    let shape = [4096, 3072]
    let seconds = try seconds(of: Add(), [(shape, .float32), (shape, .float32)], to: shape)
    return 3 * 4 * Double(shape.reduce(1, *)) / seconds
  }

  /// How long a kernel takes, as the median of several times.
  private func seconds(
    of kernel: some Kernel, _ operands: [(shape: [Int], element: ElementType)], to result: [Int]
  ) throws(RunError) -> Double {
    var blocks: [MemoryBlock] = []
    func view(_ shape: [Int], _ element: ElementType) throws(RunError) -> NumberView {
      let block = try MemoryBlock(byteCount: shape.reduce(element.byteCount, *))
      // Finite numbers of both types.
      block.address.initializeMemory(as: UInt16.self, repeating: 0x3F80, count: block.byteCount / 2)
      blocks.append(block)
      return NumberView(address: block.address, layout: Layout(shape), element: element)
    }
    var views: [NumberView] = []
    for operand in operands { views.append(try view(operand.shape, operand.element)) }
    let call = KernelCall(
      operands: views, results: [try view(result, .float32)],
      workers: Workers(pool: pool, scratch: scratch.address, scratchBytes: 0), module: "")
    defer { withExtendedLifetime(blocks) {} }
    var seconds = 0.0
    try pool.perform { () throws(RunError) in seconds = try kernel.medianSeconds(call) }
    return seconds
  }
}

extension Kernel {
  /// Runs a while, at least a few times, after once that does not count.
  fileprivate func medianSeconds(_ call: KernelCall) throws(RunError) -> Double {
    let clock = ContinuousClock()
    try run(call)
    let start = clock.now
    var times: [Duration] = []
    repeat {
      let before = clock.now
      try run(call)
      times.append(clock.now - before)
    } while times.count < 5 || clock.now - start < .milliseconds(400)
    return times.sorted()[times.count / 2].inSeconds
  }
}

extension Duration {
  fileprivate var inSeconds: Double {
    let (whole, fraction) = components
    return Double(whole) + Double(fraction) * 1e-18
  }
}
