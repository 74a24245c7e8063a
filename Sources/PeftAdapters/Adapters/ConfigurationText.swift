import OrderedCollections
import PeftReports
import TunerKit

/// An `adapter_config.json` as PEFT lays it out: two spaces a level, one entry a line.
///
/// Maps keep their order, because the first of a map of patterns that fits counts. PEFT sorts them when
/// it saves, but not when it loads.
enum ConfigurationText {
  static func text(of values: OrderedDictionary<String, ConfigurationValue>) -> String {
    text(of: .map(values), indent: "") + "\n"
  }

  private static func text(of value: ConfigurationValue, indent: String) -> String {
    let inner = indent + "  "
    func block(_ open: String, _ lines: [String], _ close: String) -> String {
      lines.isEmpty
        ? open + close
        : "\(open)\n" + lines.map { inner + $0 }.joined(separator: ",\n") + "\n\(indent)\(close)"
    }
    switch value {
    case .list(let list): return block("[", list.map { Self.text(of: $0, indent: inner) }, "]")
    case .map(let map):
      return block(
        "{",
        map.map { "\(ConfigurationValue.text($0.key)): \(Self.text(of: $0.value, indent: inner))" },
        "}")
    default: return value.description
    }
  }
}
