/// Names that are right but for what stands before them, the most frequent mistake.
struct PrefixDifference {
  let fix: String

  /// A prefix that explains at least half of what is missing.
  init?(missing: [String], unexpected: [String]) {
    let names = Set(unexpected)
    let endings = Set(missing)
    for sample in missing.prefix(8) {
      // Files say `model.x` where the description says `x`.
      for other in unexpected where other.hasSuffix(".\(sample)") {
        let prefix = String(other.dropLast(sample.count))
        let count = missing.count { names.contains(prefix + $0) }
        guard count * 2 >= missing.count else { continue }
        fix = Self.fix(
          count, missing.count, "with \(prefix.quoted) before them", "\"**\": \(prefix)**")
        return
      }
      // Files say `x` where the description says `model.x`.
      for dot in sample.indices where sample[dot] == "." {
        let start = sample.index(after: dot)
        guard names.contains(String(sample[start...])) else { continue }
        let prefix = sample[..<start]
        let count = endings.count {
          $0.hasPrefix(prefix) && names.contains(String($0.dropFirst(prefix.count)))
        }
        guard count * 2 >= missing.count else { continue }
        fix = Self.fix(
          count, missing.count, "without \(String(prefix).quoted) before them",
          "\(prefix)**: \"**\"")
        return
      }
    }
    return nil
  }

  private static func fix(_ count: Int, _ all: Int, _ how: String, _ line: String) -> String {
    let some = count == all ? "they are" : "\(count) of the \(all) missing are"
    return "\(some) in the files \(how): "
      + "write \(line.quoted) under 'checkpoint' in the description"
  }
}
