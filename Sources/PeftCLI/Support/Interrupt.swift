#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ctrl-C, or a request to end, as a question that can be asked. A second one ends at once.
struct Interrupt {
  init() {
    // A parent may have started this from a thread that takes no signals.
    var asked = sigset_t()
    sigemptyset(&asked)
    for number in [SIGINT, SIGTERM] { sigaddset(&asked, number) }
    sigprocmask(SIG_UNBLOCK, &asked, nil)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        interruptions += 1
        signal(number, SIG_DFL)
      }
    }
  }

  var isAsked: Bool { interruptions > 0 }
}

/// Written by a signal's handler, which can reach nothing else.
nonisolated(unsafe) private var interruptions: sig_atomic_t = 0
