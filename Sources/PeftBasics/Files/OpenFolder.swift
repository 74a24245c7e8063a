import PeftPlatform

/// A folder that is open: what is done in it is done there, whatever its path comes to mean.
package final class OpenFolder {
  let descriptor: CInt

  /// A name as the file system has it, which need not be text.
  package struct Name {
    let bytes: [CChar]
    package var text: String { bytes.withUnsafeBufferPointer { String(cString: $0.baseAddress!) } }
  }

  /// A call that the system refused.
  package struct Refusal: Error {
    package let code: CInt
    init(_ code: CInt = errno) { self.code = code }
  }

  /// - Throws: `Refusal`, also where there is a link in the folder's place that is not to be followed.
  package convenience init(_ path: String, followingLinks: Bool = false) throws(Refusal) {
    try self.init(open(path, followingLinks ? Self.flags & ~O_NOFOLLOW : Self.flags))
  }

  convenience init(_ name: Name, in folder: OpenFolder) throws(Refusal) {
    try self.init(openat(folder.descriptor, name.bytes, Self.flags))
  }

  private init(_ descriptor: CInt) throws(Refusal) {
    self.descriptor = descriptor
    guard descriptor >= 0 else { throw Refusal() }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

  var status: stat {
    var status = stat()
    fstat(descriptor, &status)
    return status
  }

  /// Whether the path still leads here.
  func isAt(_ path: String) -> Bool {
    var other = stat()
    let own = status
    return lstat(path, &other) == 0 && other.st_dev == own.st_dev && other.st_ino == own.st_ino
  }

  /// What is in the folder, in no order.
  package func names() throws(Refusal) -> [Name] {
    // A handle of its own, because it keeps a place in the list.
    let copy = openat(descriptor, ".", Self.flags)
    guard copy >= 0, let list = fdopendir(copy) else {
      let refusal = Refusal()
      if copy >= 0 { close(copy) }
      throw refusal
    }
    defer { closedir(list) }
    var names: [Name] = []
    while let entry = readdir(list) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { start in
        let start = UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)
        return Name(bytes: Array(UnsafeBufferPointer(start: start, count: strlen(start) + 1)))
      }
      if ![".", ".."].contains(name.text) { names.append(name) }
    }
    return names
  }

  package enum Lock { case taken, held, impossible }

  /// Takes the folder for as long as it is open here; the system gives it back when the process ends,
  /// however that is.
  package func lock(waiting: Bool = false) -> Lock {
    while flock(descriptor, LOCK_EX | (waiting ? 0 : LOCK_NB)) != 0 {
      if errno == EWOULDBLOCK { return .held }
      if errno != EINTR { return .impossible }
    }
    return .taken
  }

  package func unlock() { _ = flock(descriptor, LOCK_UN) }

  func flush() { _ = fsync(descriptor) }
}
