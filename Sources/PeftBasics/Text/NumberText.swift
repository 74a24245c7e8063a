/// Numbers as people read them.
extension Int {
  /// The number with a comma before every three digits: `124,439,808`.
  package var grouped: String {
    let digits = String(magnitude)
    var text = self < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// `1 row`, `7 rows`, `1,024 rows`.
  package func counted(_ noun: String) -> String {
    "\(grouped) \(noun)\(self == 1 ? "" : "s")"
  }

  /// `1 byte`, `7 bytes`, `1,024 bytes`.
  package var bytesText: String { counted("byte") }

  /// `1 byte`, `900 bytes`, `16 MB`: whole units, rounded up, of a size that is too large.
  var asWholeUnits: String {
    for (unit, name) in [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")] where self >= unit {
      return "\(self / unit + (isMultiple(of: unit) ? 0 : 1)) \(name)"
    }
    return bytesText
  }

  /// A number of bytes in decimal units, three digits: `3.69 MB`.
  package var asBytes: String { scaled(to: ["B", "kB", "MB", "GB", "TB", "PB"], separator: " ") }

  /// A large number as three digits: `950`, `2.36M`, `406B`.
  package var abbreviated: String { scaled(to: ["", "k", "M", "B", "T", "Q"], separator: "") }

  private func scaled(to units: [String], separator: String) -> String {
    Double(self).scaled(to: units, separator: separator)
  }
}

extension Double {
  /// A number of operations, three digits: `536 GFLOP`.
  package var asOperations: String {
    scaled(to: ["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP"], separator: " ")
  }

  /// Seconds: `0.8 ms`, `950 ms`, `3.09 s`.
  package var asSeconds: String {
    self < 0.9995 ? (self * 1000).fixed(self < 0.1 ? 1 : 0) + " ms" : fixed(2) + " s"
  }

  /// A duration in seconds: `2 h 05 min`, `3 min 20 s`, `12 s`, `0.8 s`.
  package var asDuration: String {
    guard self < 365 * 24 * 3600 else { return "more than a year" }
    guard self >= 9.95 || self == 0 else { return "\(fixed(1)) s" }
    let whole = Int(rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if hours > 0 { return "\(hours.grouped) h \(padded(minutes)) min" }
    if minutes > 0 { return "\(minutes) min \(padded(rest)) s" }
    return "\(rest) s"
  }

  fileprivate func scaled(to units: [String], separator: String) -> String {
    var value = self
    for (index, unit) in units.enumerated() {
      if value.magnitude < 999.5 || index == units.count - 1 {
        let places =
          index == 0 || value.magnitude >= 99.95 ? 0 : value.magnitude >= 9.995 ? 1 : 2
        return value.fixed(places) + separator + unit
      }
      value /= 1000
    }
    return "\(self)"
  }

  /// The number with that many places after the point, rounded half away from zero.
  package func fixed(_ places: Int) -> String {
    guard isFinite else { return "\(self)" }
    var factor = 1.0
    for _ in 0..<places { factor *= 10 }
    let scaled = (self * factor).rounded()
    guard let whole = Int(exactly: scaled) else { return "\(self)" }
    let sign = whole < 0 ? "-" : ""
    var digits = String(whole.magnitude)
    if places > 0 {
      digits = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -places))
    }
    return sign + digits
  }

  /// A share in percent with three digits, or more where it is large: `0.00271%`, `1.90%`, `12.3%`.
  package var asPercent: String {
    var places = 2
    var rest = magnitude
    while rest > 0, rest < 0.995, places < 6 {
      rest *= 10
      places += 1
    }
    return fixed(magnitude >= 9.995 ? 1 : places) + "%"
  }

  /// Up to three digits and a power of ten: `1e-3`, `2.5e-4`, as learning rates are written.
  package var shortScientific: String {
    guard isFinite, self > 0 else { return "\(self)" }
    var (digits, power) = (self, 0)
    while digits >= 9.995 { (digits, power) = (digits / 10, power + 1) }
    while digits < 0.9995 { (digits, power) = (digits * 10, power - 1) }
    var text = digits.fixed(2)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return "\(text)e\(power)"
  }

  /// Two digits and a power of ten: `1.2e-6`; numbers of a handy size as they are.
  package var scientific: String {
    guard isFinite, self != 0 else { return self == 0 ? "0" : "\(self)" }
    if 0.095..<9_999.5 ~= magnitude { return fixed(magnitude < 9.95 ? 2 : 0) }
    var (digits, power) = (magnitude, 0)
    while digits >= 9.95 { (digits, power) = (digits / 10, power + 1) }
    while digits < 0.995 { (digits, power) = (digits * 10, power - 1) }
    return (self < 0 ? "-" : "") + digits.fixed(1) + (power == 0 ? "" : "e\(power)")
  }
}

extension [Int] {
  /// The sizes as they are written, cut where there are too many axes.
  package var shapeText: String {
    "[\(prefix(8).map(String.init).joined(separator: ", "))\(count > 8 ? ", …" : "")]"
  }
}
