extension sigset_t {
  /// Signals that come from outside a thread: all but those that its own instructions raise.
  package static var asynchronous: sigset_t {
    var signals = sigset_t()
    sigfillset(&signals)
    for number in [SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGSYS] { sigdelset(&signals, number) }
    return signals
  }

  /// Runs `body` while this thread blocks these signals and no others. A thread that is started meanwhile
  /// blocks them from its first instruction on.
  package func whileBlocked<Result>(_ body: () -> Result) -> Result {
    var (blocked, before) = (self, sigset_t())
    pthread_sigmask(SIG_SETMASK, &blocked, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return body()
  }
}

/// Memory on which a thread's signal handlers run, those that were installed with SA_ONSTACK.
///
/// The thread uses it from `enter` to `leave`; its maker keeps it until then.
package final class AlternateStack {
  /// Room for a handler of some kilobytes beside the processor's registers, which may take ten.
  private static let byteCount = 1 << 17
  private let start: UnsafeMutableRawPointer

  /// Nil where there is no memory.
  package init?() {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let start = mmap(nil, Self.byteCount, PROT_READ | PROT_WRITE, flags, -1, 0),
      start != MAP_FAILED
    else { return nil }
    // A handler that needs more ends in a fault, not in other memory.
    mprotect(start, sysconf(Int32(_SC_PAGESIZE)), PROT_NONE)
    self.start = start
  }

  deinit { munmap(start, Self.byteCount) }

  package func enter() {
    var stack = stack_t()
    stack.ss_sp = start
    stack.ss_size = numericCast(Self.byteCount)
    sigaltstack(&stack, nil)
  }

  package func leave() {
    var stack = stack_t()
    stack.ss_flags = CInt(SS_DISABLE)
    sigaltstack(&stack, nil)
  }
}

/// Calls `handler` at a signal, on the thread's alternate stack where it has one.
/// - Parameter handler: Told the address that a fault is about. It may call little: see `man 7 signal-safety`.
package func handleFault(
  _ number: CInt, _ handler: @escaping @convention(c) (_ address: UnsafeRawPointer?) -> Void
) {
  faultHandler = handler
  var action = sigaction()
  #if canImport(Darwin)
    action.__sigaction_u.__sa_sigaction = { _, information, _ in
      faultHandler?(information?.pointee.si_addr)
    }
  #elseif canImport(Musl)
    action.__sa_handler.sa_sigaction = { _, information, _ in
      faultHandler?(information?.pointee.__si_fields.__sigfault.si_addr)
    }
  #else
    action.__sigaction_handler.sa_sigaction = { _, information, _ in
      faultHandler?(information?.pointee._sifields._sigfault.si_addr)
    }
  #endif
  action.sa_flags = SA_ONSTACK | SA_SIGINFO
  sigaction(number, &action, nil)
}

/// Set before the handler that reads it is installed.
nonisolated(unsafe) private var faultHandler: (@convention(c) (UnsafeRawPointer?) -> Void)?
