/// The threads of the dense products' library, which must not compete with our own.
///
/// Products are cut into tasks of our pool and computed by one thread each: as fast as the library's
/// threads here, and the same bits for any number of threads. The setting is one of the calling
/// thread; where the library is built without OpenMP there is nothing to set.
enum OpenMP {
  private typealias SetThreads = @convention(c) (CInt) -> Void
  private typealias MaxThreads = @convention(c) () -> CInt

  private static let setThreads = LoadedSymbol.find("omp_set_num_threads", as: SetThreads.self)
  private static let maxThreads = LoadedSymbol.find("omp_get_max_threads", as: MaxThreads.self)

  static func useOneThread() { setThreads?(1) }

  /// Runs `body` with one OpenMP thread, and gives the caller its own setting back.
  static func withOneThread<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let before = maxThreads?() ?? 1
    setThreads?(1)
    defer { setThreads?(before) }
    return try body()
  }
}
