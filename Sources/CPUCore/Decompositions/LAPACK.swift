/// How the library of decompositions is called: on worker threads alone, and by one thread at a time.
///
/// What its kernels do with the stack is not known, so no signal handler of the host program may run on
/// their thread. The library's own threads are not used (`BLASThreads`): a caller that decomposes several
/// matrices does better with a thread for each.
enum LAPACK {
  /// Before every call.
  static func prepare() {
    precondition(WorkerThread.isCurrent, "a decomposition runs on a worker thread")
    BLASThreads.useOne()
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
