/// How the library of decompositions is called: on worker threads alone, and by one thread at a time.
///
/// What its kernels do with the stack is not known, so no signal handler of the host program may run on
/// their thread. OpenBLAS's own threads are not used: results depend on their number in the last bits,
/// and a caller that decomposes several matrices does better with a thread for each. That setting is one of
/// the process.
enum LAPACK {
  private typealias SetThreads = @convention(c) (CInt) -> Void

  private static let useOneOpenBLASThread: Void = {
    LoadedSymbol.find("openblas_set_num_threads", as: SetThreads.self)?(1)
  }()

  /// Before every call.
  static func prepare() {
    precondition(WorkerThread.isCurrent, "a decomposition runs on a worker thread")
    useOneOpenBLASThread
  }

  /// Runs a decomposition of a matrix of that shape on a thread of its own, while the caller waits.
  static func run<Result>(
    shape: [Int], _ body: () -> Result
  ) throws(DecompositionError) -> Result {
    guard let result = WorkerThread.run(body) else {
      throw DecompositionError(.noThread, shape: shape)
    }
    return result
  }
}
