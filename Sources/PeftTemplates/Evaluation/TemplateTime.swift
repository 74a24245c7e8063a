import PeftPlatform

/// A moment as a clock and a calendar show it: what `strftime_now` writes.
public struct TemplateTime: Hashable, Sendable {
  public let year: Int
  /// From 1.
  public let month: Int
  /// From 1.
  public let day: Int
  public let hour: Int
  public let minute: Int
  public let second: Int

  public init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    (self.year, self.month, self.day) = (year, month, day)
    (self.hour, self.minute, self.second) = (hour, minute, second)
  }

  /// The present moment where the machine is.
  public static var now: TemplateTime { inSeconds(0) }

  /// A moment that is still to come, where the machine is.
  package static func inSeconds(_ wait: Int) -> TemplateTime {
    var seconds = time(nil) + wait
    var parts = tm()
    localtime_r(&seconds, &parts)
    return TemplateTime(
      year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
      hour: Int(parts.tm_hour), minute: Int(parts.tm_min), second: Int(parts.tm_sec))
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]
  private static let monthStarts = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

  private var isLeapYear: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private var monthName: String { Self.months[max(0, min(11, month - 1))] }

  /// Days since the first of January.
  private var dayOfYear: Int {
    Self.monthStarts[max(0, min(11, month - 1))] + day - 1 + (isLeapYear && month > 2 ? 1 : 0)
  }

  /// 0 is a Sunday.
  private var weekday: Int {
    let years = year - 1
    let days = 365 * years + years / 4 - years / 100 + years / 400 + dayOfYear
    return ((days + 1) % 7 + 7) % 7
  }

  private var weekdayName: String { Self.weekdays[weekday] }

  /// The moment as C's `strftime` writes it in the locale "C"; what it does not know stays as it is.
  package func text(_ format: String) -> String {
    var text = ""
    var rest = format.unicodeScalars[...]
    while let character = rest.popFirst() {
      guard character == "%" else {
        text.unicodeScalars.append(character)
        continue
      }
      // '%-d' leaves the zero out.
      let isBare = rest.first == "-"
      if isBare { rest.removeFirst() }
      guard let kind = rest.popFirst() else { return text + (isBare ? "%-" : "%") }
      text += field(kind, isBare: isBare) ?? "%" + (isBare ? "-" : "") + String(kind)
    }
    return text
  }

  private func field(_ kind: Unicode.Scalar, isBare: Bool) -> String? {
    func number(_ value: Int, _ width: Int = 2, _ fill: Character = "0") -> String {
      let digits = String(value)
      let missing = isBare ? 0 : max(0, width - digits.count)
      return String(repeating: fill, count: missing) + digits
    }
    let hour12 = hour % 12 == 0 ? 12 : hour % 12
    switch kind {
    case "Y": return number(year, 1)
    case "y": return number(year % 100)
    case "C": return number(year / 100)
    case "m": return number(month)
    case "d": return number(day)
    case "e": return number(day, 2, " ")
    case "B": return monthName
    case "b", "h": return String(monthName.prefix(3))
    case "A": return weekdayName
    case "a": return String(weekdayName.prefix(3))
    case "w": return number(weekday, 1)
    case "u": return number(weekday == 0 ? 7 : weekday, 1)
    case "j": return number(dayOfYear + 1, 3)
    case "H": return number(hour)
    case "k": return number(hour, 2, " ")
    case "I": return number(hour12)
    case "l": return number(hour12, 2, " ")
    case "M": return number(minute)
    case "S": return number(second)
    case "f": return "000000"
    case "p": return hour < 12 ? "AM" : "PM"
    case "P": return hour < 12 ? "am" : "pm"
    case "F": return text("%Y-%m-%d")
    case "T", "X": return text("%H:%M:%S")
    case "R": return text("%H:%M")
    case "D", "x": return text("%m/%d/%y")
    case "r": return text("%I:%M:%S %p")
    case "c": return text("%a %b %e %H:%M:%S %Y")
    case "z", "Z": return ""
    case "n": return "\n"
    case "t": return "\t"
    case "%": return "%"
    default: return nil
    }
  }
}
