import PeftBasics
import PeftPlatform

/// A mapped file that somebody shortens while it is read, or whose disk fails: the system reports by SIGBUS
/// that its memory cannot be read. One message and status 1; what was saved before stays.
enum UnreadableMemory: Diagnosis {
  case shortened

  var words: (problem: String, fix: String?) {
    (
      "the file was shortened while it was read, or its disk fails",
      "leave models and data as they are while they are used; what was saved before is kept"
    )
  }

  /// Its text, made before a handler needs it: there nothing may be allocated.
  nonisolated(unsafe) private static let message: UnsafeMutableBufferPointer<UInt8> = {
    let text = Array((DiagnosisText(Self.shortened, label: .error).text + "\n").utf8)
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count)
    _ = bytes.initialize(from: text)
    return bytes
  }()

  static func endWithMessage() {
    // What the handler asks is made ready.
    _ = MappedFile.path(at: nil)
    _ = message
    handleFault(SIGBUS) { address in
      // It may have interrupted anything: nothing is asked for here but to write and to end.
      if let path = MappedFile.path(at: address) {
        _ = write(STDERR_FILENO, path, strlen(path))
        _ = write(STDERR_FILENO, ": ", 2)
      }
      let text = UnreadableMemory.message
      _ = write(STDERR_FILENO, text.baseAddress, text.count)
      _exit(1)
    }
  }
}
