import CFiles
import PeftPlatform

/// Bytes that are needed for a while, on the disk instead of in memory: an unnamed temporary file, which the
/// system removes when it is closed, however the process ends.
package final class ScratchFile {
  /// The folder that it takes room in.
  package let folder: String
  private let descriptor: CInt

  /// `TMPDIR`, or else a folder that is on a disk: `/tmp` is in memory on many machines.
  package static var usualFolder: String {
    if let folder = getenv("TMPDIR").map({ String(cString: $0) }), !folder.isEmpty { return folder }
    return access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp"
  }

  /// - Throws: `ScratchError` where nothing can be made in the folder.
  package init(in folder: String = usualFolder) throws(ScratchError) {
    self.folder = folder
    var name = Array("\(folder)/peft-XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw ScratchError(folder: folder) }
    unlink(name)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(descriptor) }

  /// Bytes that others have left free where it is; nil where the system does not say.
  package var freeBytes: Int? {
    var status = statvfs()
    guard fstatvfs(descriptor, &status) == 0 else { return nil }
    let (bytes, isTooLarge) = Int(clamping: status.f_bavail)
      .multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
    return isTooLarge ? .max : bytes
  }

  /// Whether the room that it takes is memory.
  package var isInMemory: Bool { cf_is_in_memory(descriptor) != 0 }

  /// - Throws: `ScratchError`, also where the disk is full.
  package func append(_ bytes: UnsafeRawBufferPointer) throws(ScratchError) {
    let code = FileSink.writeAll(bytes, to: descriptor)
    guard code == 0 else { throw ScratchError(code: code, folder: folder) }
  }

  /// The bytes, mapped: a page is read from the disk when it is first used.
  package func mapped() throws(ScratchError) -> MappedFile {
    guard let file = MappedFile(descriptor: descriptor) else { throw ScratchError(folder: folder) }
    return file
  }
}

/// Why bytes could not be kept on the disk.
package struct ScratchError: Error, Hashable, Sendable {
  package let folder: String
  /// Whether there is no room for them.
  package let isFull: Bool
  /// What the system says.
  package let reason: String

  fileprivate init(code: CInt = errno, folder: String) {
    self.folder = folder
    isFull = [ENOSPC, EDQUOT, EFBIG].contains(code)
    reason = String(cString: strerror(code))
  }
}
