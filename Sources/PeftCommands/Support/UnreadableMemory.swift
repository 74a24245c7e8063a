import PeftBasics
import PeftPlatform

/// A mapped file that somebody shortens while it is read, or whose disk fails: the system reports by SIGBUS
/// that its memory cannot be read. One message and status 1; what was saved before stays.
enum UnreadableMemory {
  static func endWithMessage() {
    // What the handler asks is made ready.
    _ = MappedFile.path(at: nil)
    handleFault(SIGBUS) { address in
      // It may have interrupted anything: nothing is asked for here but to write and to end.
      func say(_ text: StaticString) {
        _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
      }
      if let path = MappedFile.path(at: address) {
        _ = write(STDERR_FILENO, path, strlen(path))
        say(": ")
      }
      say(
        """
        error: the file was shortened while it was read, or its disk fails
          fix: leave models and data as they are while they are used; what was saved before is kept

        """)
      _exit(1)
    }
  }
}
