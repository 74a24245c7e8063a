import PeftPlatform

/// A thread on which dense products and decompositions run, and no signal handler of the host program.
///
/// While some kernels of oneDNN run, the stack pointer lies in the heap: a handler that ran then, on that
/// thread, would write over the heap. So signals from outside are blocked here from before the first
/// instruction, and the system gives them to another thread. Those that the thread's own instructions
/// raise (SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGSYS) stay open, and find an alternate stack.
struct WorkerThread {
  /// As much as a process's first thread has, which LAPACK is used to.
  private static let stackBytes = 8 << 20
  private let thread: pthread_t

  /// Nil where the system has no thread to give.
  init?(_ body: @escaping () -> Void) {
    guard let stack = AlternateStack() else { return nil }
    let thread = sigset_t.asynchronous.whileBlocked {
      startThread(stackBytes: Self.stackBytes) {
        stack.enter()
        let products = Unmanaged.passRetained(Products())
        pthread_setspecific(Self.mark, products.toOpaque())
        OpenMP.useOneThread()
        body()
        pthread_setspecific(Self.mark, nil)
        products.release()
        stack.leave()
      }
    }
    guard let thread else { return nil }
    self.thread = thread
  }

  /// Waits until its body has returned.
  func join() { pthread_join(thread, nil) }

  /// Runs `body` on a thread of its own and waits for it; nil where the system has no thread to give.
  static func run<Result>(_ body: () -> Result) -> Result? {
    withoutActuallyEscaping(body) { body in
      var result: Result?
      WorkerThread { result = body() }?.join()
      return result
    }
  }

  /// Whether the calling thread is one of these.
  static var isCurrent: Bool { pthread_getspecific(mark) != nil }

  /// What the calling thread keeps for its products; nil where it is none of these.
  static var products: Products? {
    pthread_getspecific(mark).map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
  }

  /// Set in these threads alone.
  private static let mark: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// What a user is told where there is none.
  static let refusal: (problem: String, fix: String) = (
    "the system gives this process no further thread",
    "end other programs, or raise the limit ('ulimit -u', or that of the container)"
  )
}
