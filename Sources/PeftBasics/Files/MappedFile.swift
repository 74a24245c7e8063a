import PeftPlatform

/// A file's bytes, mapped into memory: a page is read from the disk when it is first used.
///
/// The size is the one at opening. Whoever shortens the file meanwhile ends the program, by SIGBUS where what
/// is gone is read; replacing it by another of that name, as `FileWriter` does, leaves the bytes here as
/// they are.
package final class MappedFile: @unchecked Sendable {
  // Unchecked: an address is not Sendable, but the memory is read only.
  package let bytes: UnsafeRawBufferPointer

  package init(path: String) throws(FileReadError) {
    let file = try OpenFile(path)
    guard let bytes = Self.bytes(of: file.descriptor, size: file.byteCount) else {
      throw FileReadError(path: path)
    }
    self.bytes = bytes
    MappedPlaces.record(bytes, path: path)
  }

  /// A file that is open already. Nil where it cannot be mapped, for the reason in `errno`.
  init?(descriptor: CInt) {
    var status = stat()
    guard fstat(descriptor, &status) == 0,
      let bytes = Self.bytes(of: descriptor, size: Int(clamping: status.st_size))
    else { return nil }
    self.bytes = bytes
  }

  private static func bytes(of file: CInt, size: Int) -> UnsafeRawBufferPointer? {
    guard size > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
      return nil
    }
    return UnsafeRawBufferPointer(start: start, count: size)
  }

  /// The path of the file that is mapped at an address, for a handler of SIGBUS; nil where it has none. It is
  /// printable, and can be asked for where nothing can be waited for.
  package static func path(at address: UnsafeRawPointer?) -> UnsafePointer<CChar>? {
    MappedPlaces.path(at: address)
  }

  /// Gives back the memory of pages that were read, where `bytes` are part of a file that is mapped here; they
  /// are read again when they are needed.
  package static func giveBack(_ bytes: UnsafeRawBufferPointer) {
    guard path(at: bytes.baseAddress) != nil, let start = bytes.baseAddress else { return }
    let page = sysconf(Int32(_SC_PAGESIZE))
    let address = Int(bitPattern: start)
    let first = (address + page - 1) / page * page
    let end = (address + bytes.count) / page * page
    guard first < end else { return }
    madvise(UnsafeMutableRawPointer(bitPattern: first), end - first, MADV_DONTNEED)
  }

  deinit {
    if let start = bytes.baseAddress {
      MappedPlaces.forget(bytes)
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }
}
