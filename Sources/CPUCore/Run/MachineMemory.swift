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

  /// The number that a file holds; nil where it holds another word, or is not there.
  private static func number(inFile path: String) -> Int? {
    let bytes = try? OpenFile(path).bytes(limit: 1 << 16)
    let digits = (bytes ?? []).prefix { 48...57 ~= $0 }
    return Int(String(decoding: digits, as: UTF8.self))
  }
}
