/// The threads of the dense products' library, which must not compete with our own.
///
/// Products are cut into tasks of our pool and computed by one thread each: as fast as the library's
/// threads here, and the same bits for any number of threads. Nor would its threads block signals. The
/// setting is one of the calling thread; where the library is built without OpenMP there is nothing to set.
enum OpenMP {
  private typealias SetThreads = @convention(c) (CInt) -> Void

  private static let setThreads = LoadedSymbol.find("omp_set_num_threads", as: SetThreads.self)

  static func useOneThread() { setThreads?(1) }
}
