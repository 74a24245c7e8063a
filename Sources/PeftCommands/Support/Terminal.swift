import ModelGraph
import Peft
import PeftBasics
import PeftPlatform
import PeftReports

/// Where the command writes: data to standard output, everything else to standard error.
enum Terminal {
  /// Whether tables may use a terminal's codes for colour.
  static var isStyled: Bool { isStyled(STDOUT_FILENO) }

  /// Whether standard output is a terminal.
  static var isShown: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Characters of a line; nil where standard output is no terminal, or does not say.
  static var width: Int? {
    var size = winsize()
    guard isShown, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }

  /// Writes a report. On a terminal control characters of names in it are spelled out, but for tabs and
  /// line ends; the codes of a table's headings stay.
  /// - Throws: `OutputError` where it cannot all be written.
  static func write(_ text: String) throws {
    try write(data: text, codes: Table.terminalCodes)
  }

  /// Writes data that may hold any character: as they are to a file or a pipe, where they have to be
  /// exact; on a terminal control characters are spelled out, but for tabs and line ends.
  /// - Throws: `OutputError` where it cannot all be written.
  static func write(data text: String) throws { try write(data: text, codes: []) }

  private static func write(data text: String, codes: [String]) throws {
    try write(isShown ? text.printableText(keeping: codes) : text, to: STDOUT_FILENO)
  }

  /// Bytes of standard input that are read: a text of that size takes gigabytes as tokens.
  private static let longestInput = 16 << 20

  /// All of standard input, with U+FFFD for what is not UTF-8.
  /// - Throws: `InputError` where it cannot be read, or does not end.
  static func standardInput() throws -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count > 0 {
        bytes += buffer[..<count]
        guard bytes.count <= longestInput else { throw InputError(.tooLong(limit: longestInput)) }
      } else if count == 0 {
        return String(decoding: bytes, as: UTF8.self)
      } else if errno != EINTR {
        throw InputError(.failed(String(cString: strerror(errno))))
      }
    }
  }

  /// All of standard input, however long it is: it is kept on the disk.
  /// - Throws: `InputError` where it cannot be read or kept.
  static func standardInputFile() throws -> MappedFile {
    do throws(ScratchError) {
      let scratch = try ScratchFile()
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = read(STDIN_FILENO, &buffer, buffer.count)
        if count > 0 {
          try buffer.withUnsafeBufferPointer { bytes throws(ScratchError) in
            try scratch.append(
              UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[..<count])))
          }
        } else if count == 0 {
          return try scratch.mapped()
        } else if errno != EINTR {
          break
        }
      }
    } catch {
      throw InputError(.notKept(folder: error.folder, reason: error.reason))
    }
    throw InputError(.failed(String(cString: strerror(errno))))
  }

  /// What the user should know but did not ask for.
  static func warn(_ lines: [String]) {
    for line in lines { show(AnyDiagnosis(problem: line), .warning) }
  }

  /// The same with places and what to do about it.
  static func warn(_ warnings: [DescriptionError]) {
    for warning in warnings { show(warning, .warning) }
  }

  /// Something that was done and has no output of its own.
  static func note(_ line: String) {
    try? write(line.printable + "\n", to: STDERR_FILENO)
  }

  /// Says what was done to read adapters.
  static func note(reading adapters: [AdapterWeights]) {
    for line in adapters.flatMap(\.notes) { note("note: \(line)") }
  }

  /// Asks for a line.
  static func prompt(_ text: String) { try? write(text, to: STDERR_FILENO) }

  /// Says what was wrong, where the command goes on.
  static func show(_ error: any Error) { show(error, .error) }

  /// Whether standard error is a terminal, on which a line can be written over.
  static var showsStatus: Bool { isatty(STDERR_FILENO) == 1 }

  /// Writes over the line that it wrote before, where standard error is a terminal.
  static func status(_ line: String) {
    guard showsStatus else { return }
    try? write("\r\u{1B}[K\(line.printable)", to: STDERR_FILENO)
  }

  /// Says what was wrong and ends with status 1.
  static func fail(_ error: any Error) -> Never {
    show(error, .error)
    exit(1)
  }

  private static func show(_ error: any Error, _ label: DiagnosisText.Label) {
    let text = DiagnosisText(error, label: label, isColoured: isStyled(STDERR_FILENO)).text
    // If standard error is closed, the message is lost.
    try? write(text + "\n", to: STDERR_FILENO)
  }

  /// Lets `peft … | head` end without a message, also where the shell ignores SIGPIPE.
  static func endQuietlyOnBrokenPipe() { signal(SIGPIPE, SIG_DFL) }

  private static func isStyled(_ file: CInt) -> Bool {
    guard isatty(file) == 1 else { return false }
    let refusal = getenv("NO_COLOR").map { String(cString: $0) } ?? ""
    let terminal = getenv("TERM").map { String(cString: $0) } ?? ""
    return refusal.isEmpty && terminal != "dumb"
  }

  private static func write(_ text: String, to file: CInt) throws {
    var text = text
    try text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = systemWrite(file, rest.baseAddress, rest.count)
        if count > 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        } else if errno != EINTR {
          throw OutputError(reason: String(cString: strerror(errno)))
        }
      }
    }
  }
}

/// The system's `write`, which `Terminal.write` would hide.
private func systemWrite(_ file: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(file, bytes, count)
}

/// Standard output that does not take what is written to it, such as a full disk.
struct OutputError: Diagnosis {
  let reason: String
  var words: (problem: String, fix: String?) { ("the output cannot be written: \(reason)", nil) }
}

/// Standard input that cannot be read, such as a folder.
struct InputError: Diagnosis {
  enum Reason {
    case failed(String)
    case tooLong(limit: Int)
    case notKept(folder: String, reason: String)
  }

  let reason: Reason

  init(_ reason: Reason) { self.reason = reason }

  var words: (problem: String, fix: String?) {
    switch reason {
    case .failed(let reason): ("standard input cannot be read: \(reason)", nil)
    case .tooLong(let limit):
      (
        "standard input is longer than \(limit >> 20) MB",
        "give the text in parts, and let each end"
      )
    case .notKept(let folder, let reason):
      (
        "standard input cannot be kept in \(folder.shown): \(reason)",
        "set TMPDIR to a folder that can be written to"
      )
    }
  }
}
