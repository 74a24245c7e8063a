/// The threads of OpenBLAS, where that is the LAPACK of the machine.
///
/// Its results depend on their number in the last bits, and a caller that decomposes several
/// matrices does better with a thread for each. The setting is one of the process.
enum OpenBLAS {
  private typealias SetThreads = @convention(c) (CInt) -> Void

  private static let setToOne: Void = {
    LoadedSymbol.find("openblas_set_num_threads", as: SetThreads.self)?(1)
  }()

  static func useOneThread() { setToOne }
}
