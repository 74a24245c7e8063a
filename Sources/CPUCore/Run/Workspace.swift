/// What executors that take turns have in common: threads, and memory as large as the largest of them needs.
/// What one leaves in it the next one writes over.
public final class Workspace {
  let pool: WorkerPool
  private(set) var arena: MemoryBlock
  private(set) var scratch: MemoryBlock
  private var outputs: [String: MemoryBlock] = [:]
  /// Another one whenever a part of the memory lies elsewhere than before.
  private(set) var version = 0

  /// Whose weights are in the memory, and made of which version of the trained parameters.
  private weak var maker: Executor?
  private var madeVersion = 0

  /// - Parameter threads: Threads that compute while the caller waits; as many as there are cores where nil.
  /// - Throws: `RunError` where there is no thread.
  public init(threads: Int? = nil) throws(RunError) {
    pool = try WorkerPool(count: threads ?? WorkerPool.coreCount)
    arena = try MemoryBlock(byteCount: 0)
    scratch = try MemoryBlock(byteCount: 0)
  }

  /// Makes room for what a program keeps while it runs.
  func reserve(for program: Program) throws(RunError) {
    try grow(\.arena, to: program.arena.byteCount)
    try grow(\.scratch, to: pool.count * program.scratchBytes)
  }

  private func grow(
    _ block: ReferenceWritableKeyPath<Workspace, MemoryBlock>, to byteCount: Int
  ) throws(RunError) {
    guard self[keyPath: block].byteCount < byteCount else { return }
    version += 1
    maker = nil
    // The old block is freed before there is a new one.
    self[keyPath: block] = try MemoryBlock(byteCount: 0)
    self[keyPath: block] = try MemoryBlock(byteCount: byteCount)
  }

  /// Whether the weights that an executor makes first are there from its last run.
  func holdsWeights(of executor: Executor, version: Int) -> Bool {
    maker === executor && madeVersion == version
  }

  /// Notes whose weights are there; nobody's while a program runs.
  func noteWeights(of executor: Executor?, version: Int = 0) {
    maker = executor
    madeVersion = version
  }

  /// Makes room for an output. One that the caller still holds stays as it is: the next one gets other memory.
  func renew(_ output: Program.Output) throws(RunError) {
    let isLargeEnough = outputs[output.name].map { $0.byteCount >= output.byteCount } ?? false
    if isLargeEnough, isKnownUniquelyReferenced(&outputs[output.name]) { return }
    version += 1
    outputs[output.name] = nil
    outputs[output.name] = try MemoryBlock(byteCount: output.byteCount)
  }

  /// Where an output is.
  func block(of output: Program.Output) -> MemoryBlock {
    guard let block = outputs[output.name] else {
      preconditionFailure("\(output.name) has no memory")
    }
    return block
  }
}
