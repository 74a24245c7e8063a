import PeftPlatform

/// Zeroed memory from the system, freed with its last reference.
///
/// Pages that are never written take no room. Large blocks ask for large pages.
final class MemoryBlock: @unchecked Sendable {
  let address: UnsafeMutableRawPointer
  let byteCount: Int

  init(byteCount: Int) throws(RunError) {
    let size = max(1, byteCount)
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let address = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0),
      address != UnsafeMutableRawPointer(bitPattern: -1)
    else { throw RunError(.noMemory(bytes: byteCount)) }
    #if os(Linux)
      if size >= 1 << 22 { madvise(address, size, MADV_HUGEPAGE) }
    #endif
    self.address = address
    self.byteCount = size
  }

  deinit { munmap(address, byteCount) }
}
