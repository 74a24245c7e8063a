extension Int {
  /// The number with commas between thousands: `124,439,808`.
  public var grouped: String {
    let digits = Array(String(magnitude))
    var result = self < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return result
  }

  /// A number of bytes in decimal units, three digits: `3.69 MB`.
  public var asBytes: String {
    var value = Double(self)
    for unit in ["B", "kB", "MB", "GB", "TB", "PB"] {
      if value < 999.5 || unit == "PB" {
        let places = unit == "B" || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
        return "\(value.fixed(places)) \(unit)"
      }
      value /= 1000
    }
    return "\(self) B"
  }
}

extension Double {
  /// The number with that many places after the point, rounded half away from zero.
  public func fixed(_ places: Int) -> String {
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
}
