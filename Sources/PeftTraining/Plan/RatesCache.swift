package import CPUCore
import OrderedCollections
package import PeftBasics
import PeftPlatform

/// Rates of machines, kept in a file of the user's cache folder from one command to the next.
///
/// A file that cannot be read, or that another version has written, counts as none.
package struct RatesCache {
  private let folder: String
  private var path: String { "\(folder)/rates.json" }

  private static let format = 2
  private static let largestFile = 1 << 20
  /// A home folder may be shared by many machines.
  private static let mostKept = 256

  /// The one in the user's cache folder; nil where the environment does not say where that is.
  package init?() {
    func folder(_ variable: String) -> String? {
      getenv(variable).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    #if os(macOS)
      let usual = "Library/Caches"
    #else
      let usual = ".cache"
    #endif
    guard let caches = folder("XDG_CACHE_HOME") ?? folder("HOME").map({ "\($0)/\(usual)" }) else {
      return nil
    }
    self.init(folder: "\(caches)/swift-peft")
  }

  package init(folder: String) { self.folder = folder }

  /// What was measured with these kernels, on such a processor and as many threads; nil where nothing was.
  package func rates(threads: Int? = nil) -> MachineRates? {
    let machine = Machine(threads: threads)
    return records.first { machine.isOf($0) }.flatMap(MachineRates.init(record:))
  }

  /// Keeps rates, instead of those that were measured on such a machine before.
  /// - Throws: `FileWriteError`, such as for a folder that is read only.
  package func keep(_ rates: MachineRates, threads: Int? = nil) throws(FileWriteError) {
    let machine = Machine(threads: threads)
    let others = records.filter { !machine.isOf($0) }.prefix(Self.mostKept - 1)
    let own = JSONValue.map(machine.record.merging(rates.record) { $1 })
    Paths.makeFolder(folder)
    try FileWriter.write(
      JSONValue.map(["format": .integer(Self.format), "rates": .list([own] + others)]).text(.report)
        + "\n", to: path)
  }

  private var records: [JSONValue] {
    guard let bytes = try? OpenFile(path).bytes(limit: Self.largestFile),
      let file = bytes.withUnsafeBytes({ try? JSONValue($0) }),
      file["format"]?.integer == Self.format
    else { return [] }
    return file["rates"]?.elements ?? []
  }

  /// What rates depend on.
  private struct Machine {
    let record: OrderedDictionary<String, JSONValue>

    init(threads: Int?) {
      record = [
        "processor": .text(Processor.model), "kernels": .text(Processor.kernels),
        "threads": .integer(threads ?? Processor.coreCount),
      ]
    }

    func isOf(_ other: JSONValue) -> Bool { record.allSatisfy { other[$0.key] == $0.value } }
  }
}

extension MachineRates {
  fileprivate var record: OrderedDictionary<String, JSONValue> {
    [
      "f32_flops": .number(singleOperations), "bf16_flops": .number(halfOperations),
      "bytes": .number(bytes),
    ]
  }

  /// Nil where one of the rates is missing, or none that a machine can have.
  fileprivate init?(record: JSONValue) {
    let rates = ["f32_flops", "bf16_flops", "bytes"].compactMap { record[$0]?.double }
    guard rates.count == 3, rates.allSatisfy({ 1...1e18 ~= $0 }) else { return nil }
    self.init(singleOperations: rates[0], halfOperations: rates[1], bytes: rates[2])
  }
}
