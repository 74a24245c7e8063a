/// The threads of the system's BLAS, which must not compete with our own: results depend on their number in the
/// last bits, and they would not block signals.
enum BLASThreads {
  private typealias SetNumber = @convention(c) (CInt) -> Void
  private typealias SetModel = @convention(c) (UInt32) -> CInt

  /// Accelerate's, which is one of the calling thread: macOS has it since version 15.
  private static let setModel = LoadedSymbol.find("BLASSetThreading", as: SetModel.self)
  private static let singleThreaded: UInt32 = 1

  /// OpenBLAS's, which is one of the process.
  private static let useOneOpenBLASThread: Void = {
    LoadedSymbol.find("openblas_set_num_threads", as: SetNumber.self)?(1)
  }()

  /// For calls from this thread; a library that has neither setting is left as it is.
  static func useOne() {
    useOneOpenBLASThread
    _ = setModel?(singleThreaded)
  }
}
