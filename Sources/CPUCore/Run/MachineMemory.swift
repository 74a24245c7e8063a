import PeftBasics
import PeftPlatform

/// What the machine has.
public enum MachineMemory {
  /// Bytes that a process can have: the machine's, or what its container is allowed.
  public static let byteCount: Int = {
    let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    let limits = [
      "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    ].compactMap(number)
    return limits.reduce(machine, min)
  }()

  /// Makes sure that memory of a size that came from a file or a setting can be had, before it is
  /// allocated: allocations themselves end the process.
  /// - Throws: `RunError.noMemory` where the machine has less, or a limit of the process is below it.
  package static func check(_ bytes: Int) throws(RunError) {
    guard bytes <= byteCount else { throw RunError(.noMemory(bytes: bytes)) }
    // Limits of a process show only when it asks; pages that are not written take no room.
    _ = try MemoryBlock(byteCount: bytes)
  }

  /// The number that a file holds; nil where it holds another word, or is not there.
  private static func number(inFile path: String) -> Int? {
    let bytes = try? OpenFile(path).bytes(limit: 1 << 16)
    let digits = (bytes ?? []).prefix { 48...57 ~= $0 }
    return Int(String(decoding: digits, as: UTF8.self))
  }
}
