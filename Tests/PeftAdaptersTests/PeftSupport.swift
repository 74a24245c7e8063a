import Peft
import PeftBasics

enum TestModel {
  /// Fully connected layers of the given widths, one after another: `l0`, `l1`, …
  static func layers(_ widths: [Int], name: String = "test") throws -> Graph {
    let steps = widths.dropFirst().enumerated().map { index, width in
      "  - linear: {name: l\(index), out: \(width)\(index == 0 ? ", from: x" : "")}"
    }
    return try ModelDescription(
      text: """
        name: \(name)
        inputs:
          x: {type: numbers, shape: [batch, \(widths.first ?? 1)]}
        graph:
        \(steps.joined(separator: "\n"))
        outputs: {y: previous}

        """
    ).graph()
  }
}

extension TunerRequest {
  /// The settings of the only configuration, by their names in files.
  func values() throws -> [String: ConfigurationValue] {
    let values = try single().values
    return Dictionary(uniqueKeysWithValues: values.map { ($0.key, $0.value) })
  }
}
