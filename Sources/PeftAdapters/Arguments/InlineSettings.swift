import ModelDescription
package import OrderedCollections
import PeftBasics
package import TunerKit

/// Settings as they stand on a command line: `r=8|16,target_modules=[q_proj,v_proj]`.
///
/// `,` separates settings and `|` alternatives, except inside brackets and quotes. A value is read
/// as YAML; a regular expression that starts with `[` or `*` needs quotes.
package struct InlineSettings {
  /// Every combination of alternatives, the last setting's changing fastest.
  package let combinations: [OrderedDictionary<String, ConfigurationValue>]

  package static let limit = 1000

  package init(_ settings: Substring, of text: String) throws {
    var combinations: [OrderedDictionary<String, ConfigurationValue>] = [[:]]
    for part in try Self.split(settings, at: ",", of: text) where !settings.isEmpty {
      let setting = part.trimmed
      guard let equals = setting.firstIndex(of: "="), equals > setting.startIndex else {
        throw TunerRequestError.syntax(
          text, problem: "'\(String(setting).shortened(to: 80))' is not 'field=value'")
      }
      let name = String(setting[..<equals].trimmed)
      guard combinations[0][name] == nil else {
        throw TunerRequestError.syntax(text, problem: "'\(name)' is given twice")
      }
      let alternatives = try Self.split(
        setting[setting.index(after: equals)...], at: "|", of: text
      ).map { try Self.value($0, of: text) }
      let (count, overflow) = combinations.count.multipliedReportingOverflow(
        by: alternatives.count)
      guard !overflow, count <= Self.limit else {
        throw TunerRequestError.tooManyVariants(text, count: count, limit: Self.limit)
      }
      combinations = combinations.flatMap { combination in
        alternatives.map { combination.merging([name: $0]) { $1 } }
      }
    }
    self.combinations = combinations
  }

  private static func value(_ part: Substring, of text: String) throws -> ConfigurationValue {
    do {
      let node = try DocumentReader.read(text: "value: \(part)", path: text)
      guard let value = node["value"] else {
        throw TunerRequestError.syntax(
          text, problem: "'\(String(part).shortened(to: 80))' is not a value")
      }
      return ConfigurationValue(value)
    } catch let error as DescriptionError {
      throw TunerRequestError.syntax(
        text,
        problem: "'\(String(part).shortened(to: 80))' is not a value: \(error.problem)")
    }
  }

  /// The parts between separators that stand outside of brackets and quotes.
  package static func split(
    _ text: Substring, at separator: Character, of whole: String
  ) throws -> [Substring] {
    var parts: [Substring] = []
    var start = text.startIndex
    var closers: [Character] = []
    var quote: Character?
    var isEscaped = false
    for index in text.indices {
      let character = text[index]
      if isEscaped {
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if let open = quote {
        if character == open { quote = nil }
      } else if character == "'" || character == "\"" {
        quote = character
      } else if let closer = ["[": "]", "{": "}", "(": ")"][character] as Character? {
        closers.append(closer)
      } else if character == closers.last {
        closers.removeLast()
      } else if character == separator, closers.isEmpty {
        parts.append(text[start..<index])
        start = text.index(after: index)
      }
    }
    guard closers.isEmpty, quote == nil else {
      throw TunerRequestError.syntax(
        whole,
        problem:
          "'\(quote ?? closers.last ?? " ")' is missing at the end of '\(String(text).shortened(to: 80))'"
      )
    }
    return parts + [text[start...]]
  }
}

extension Substring {
  /// The text without spaces at its ends.
  fileprivate var trimmed: Substring {
    let start = firstIndex { $0 != " " } ?? endIndex
    let end = lastIndex { $0 != " " }.map { index(after: $0) } ?? endIndex
    return start < end ? self[start..<end] : ""
  }
}
