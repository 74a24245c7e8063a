import PeftBasics
import PeftReports
import TunerKit

extension Budget {
  /// The settings as a command line takes them, the rank first: `r=16,bias=all`.
  public var settingsText: String {
    orderedSettings.map { "\($0.key)=\($0.value.inline)" }.joined(separator: ",")
  }

  /// The settings but the targets, for reading: `r=16, bias=all`.
  package var shortSettings: String {
    orderedSettings.filter { $0.key != "target_modules" }
      .map { "\($0.key)=\($0.value.short)" }.joined(separator: ", ")
  }

  private var orderedSettings: [(key: String, value: ConfigurationValue)] {
    settings.sorted {
      ($0.key != rankField ? 1 : 0, $0.key) < ($1.key != rankField ? 1 : 0, $1.key)
    }
  }

  /// The targets as they were asked for, or else as they were found: `q_proj, v_proj`.
  var targetText: String {
    switch settings["target_modules"] ?? targetModules.configurationValue {
    case .list(let names): names.map(\.short).joined(separator: ", ")
    case let value: value.short
    }
  }
}

extension ConfigurationValue {
  /// The value as a command line takes it, quoted where its characters would mean something else.
  fileprivate var inline: String {
    switch self {
    case .list(let list): "[\(list.map(\.inline).joined(separator: ","))]"
    case .text(let text) where text.allSatisfy(Self.isPlain): text
    case .text, .map: description
    default: short
    }
  }

  private static func isPlain(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "_-./".contains(character))
  }
}
