import PeftBasics
import PeftPlatform

extension Processor {
  /// The processor as the system names it, such as `AMD EPYC 9R14`; empty where it does not.
  public static let model: String = {
    #if os(Linux)
      let bytes = (try? OpenFile("/proc/cpuinfo").bytes(limit: 1 << 24)) ?? []
      var fields: [String: String] = [:]
      for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmed }
        if parts.count == 2, fields[parts[0]] == nil { fields[parts[0]] = parts[1] }
      }
      // ARM's kernels have numbers alone.
      let names = fields["model name"].map { [$0] }
      return (names ?? ["CPU implementer", "CPU part"].compactMap { fields[$0] })
        .joined(separator: " ")
    #else
      var length = 0
      guard sysctlbyname("machdep.cpu.brand_string", nil, &length, nil, 0) == 0, length > 1
      else { return "" }
      var bytes = [UInt8](repeating: 0, count: length)
      guard sysctlbyname("machdep.cpu.brand_string", &bytes, &length, nil, 0) == 0 else {
        return ""
      }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    #endif
  }()
}

extension Substring {
  fileprivate var trimmed: String {
    var rest = self
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}

extension Processor {
  /// The number of logical processors that this process may run on.
  package static var coreCount: Int { WorkerPool.coreCount }
}
