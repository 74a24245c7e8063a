import PeftPlatform

/// Ctrl-C (SIGINT), SIGTERM and SIGHUP, recorded so that a run can ask for them. A second one ends at
/// once. SIGPIPE is ignored: a run continues when nobody reads its messages.
struct Interrupt {
  init() {
    // A parent may have started this from a thread that takes no signals.
    var asked = sigset_t()
    sigemptyset(&asked)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&asked, number) }
    pthread_sigmask(SIG_UNBLOCK, &asked, nil)
    signal(SIGPIPE, SIG_IGN)
    if isatty(STDERR_FILENO) == 1 { note = "\nstopping after this step; once more stops at once\n" }
    for number in [SIGINT, SIGTERM] { Self.handle(number) }
    // Under nohup, SIGHUP is ignored and stays so.
    if !Self.isIgnored(SIGHUP) { Self.handle(SIGHUP) }
  }

  var isAsked: Bool { interruptions > 0 }

  private static func handle(_ number: CInt) {
    signal(number) { number in
      interruptions += 1
      signal(number, SIG_DFL)
      _ = write(STDERR_FILENO, note.utf8Start, note.utf8CodeUnitCount)
    }
  }

  private static func isIgnored(_ number: CInt) -> Bool {
    let handler = signal(number, SIG_DFL)
    signal(number, handler)
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}

/// Written by a signal's handler, which can reach nothing else.
nonisolated(unsafe) private var interruptions: sig_atomic_t = 0
/// What the handler writes.
nonisolated(unsafe) private var note: StaticString = "stopping after this step\n"
