/// What an error prints; nil where nothing is thrown.
package func message(_ body: () throws -> Void) -> String? {
  do { try body() } catch { return "\(error)" }
  return nil
}

/// The largest of some differences; infinite where one of them is NaN, which `max()` passes over.
package func largest(_ differences: some Sequence<Double>) -> Double {
  differences.reduce(0) { $1.isNaN ? .infinity : max($0, $1) }
}

/// One line about rows that differ, and the first of them in full.
package func summary(of differences: [String], among count: Int) -> String {
  "\(differences.count) of \(count) rows differ\n" + differences.prefix(4).joined(separator: "\n")
}

/// FNV-1a with 64 bits in hexadecimal digits, as the fixtures' generators compute it.
package func fnv1a(_ bytes: some Sequence<UInt8>) -> String {
  let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
    ($0 ^ UInt64($1)) &* 0x100_0000_01b3
  }
  let digits = String(hash, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
