import PeftPlatform

/// A file's bytes as memory: a page is read from the disk when somebody first looks at it.
///
/// The size is the one at opening. Whoever shortens the file meanwhile ends the program; replacing it
/// by another of that name, as `FileWriter` does, leaves the bytes here as they are.
package final class MappedFile: @unchecked Sendable {
  // Unchecked: an address is not Sendable, but nobody writes to what is there.
  package let bytes: UnsafeRawBufferPointer

  package init(path: String) throws(FileReadError) {
    // A path in C ends at a NUL; what follows must not be dropped in silence.
    guard !path.utf8.contains(0) else { throw FileReadError(reason: .notFound, path: path) }
    // Without O_NONBLOCK, opening a pipe waits for somebody to write to it.
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { throw FileReadError(path: path) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else {
      throw FileReadError(path: path)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw FileReadError(reason: .isFolder, path: path)
    default: throw FileReadError(reason: .notRegular, path: path)
    }
    let size = Int(clamping: status.st_size)
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
      throw FileReadError(path: path)
    }
    bytes = UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit {
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }
}
