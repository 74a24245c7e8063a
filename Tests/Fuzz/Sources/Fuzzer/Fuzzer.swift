import Foundation
import FuzzTargets

/// What libFuzzer calls for every input. `PEFT_FUZZ` names the target.
@_cdecl("LLVMFuzzerTestOneInput")
public func tryOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do { try Chosen.target.run(bytes.map { Data(bytes: $0, count: count) } ?? Data()) } catch {
    fatalError("\(error)")
  }
  return 0
}

/// Before the first input: with `PEFT_FUZZ_SEEDS=FOLDER`, what to start from is written there.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?
) -> CInt {
  guard let folder = ProcessInfo.processInfo.environment["PEFT_FUZZ_SEEDS"] else { return 0 }
  do { try Chosen.writeSeeds(to: URL(filePath: folder)) } catch { fatalError("\(error)") }
  exit(0)
}

private enum Chosen {
  static let target: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["PEFT_FUZZ"] ?? ""
    guard let target = FuzzTargets.named(name) else {
      fatalError("PEFT_FUZZ is one of \(FuzzTargets.all.map(\.name).joined(separator: ", "))")
    }
    return target
  }()

  /// A folder of seeds and a dictionary of their words for every target; and, in `targets`, a line for
  /// each with its name and its longest input.
  static func writeSeeds(to folder: URL) throws {
    var list = ""
    for target in FuzzTargets.all {
      let own = folder.appending(path: target.name)
      try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
      let seeds = try target.seeds().filter { $0.count <= target.longest }
      for (index, seed) in seeds.enumerated() {
        try seed.write(to: own.appending(path: "seed-\(index)"))
      }
      try Data(dictionary(of: seeds).utf8).write(to: folder.appending(path: "\(target.name).dict"))
      list += "\(target.name) \(target.longest)\n"
    }
    try Data(list.utf8).write(to: folder.appending(path: "targets"))
  }

  private static func dictionary(of seeds: [Data]) -> String {
    let words = Set(
      seeds.flatMap { seed in
        String(decoding: seed, as: UTF8.self)
          .split { !($0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0))) }
          .filter { 2...30 ~= $0.count }.map(String.init)
      })
    let limits = [
      "9223372036854775807", "-9223372036854775808", "4611686018427387904", "1e308", ".inf", ".nan",
      "NaN", "null", "true", "-1",
    ]
    return (words.sorted().prefix(1_500) + limits).map { "\"\($0)\"\n" }.joined()
  }
}
