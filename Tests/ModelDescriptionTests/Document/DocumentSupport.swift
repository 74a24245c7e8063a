import ModelDescription
import PeftBasics

/// Everything an error prints, for a text that must not be readable.
func refusal(
  of text: String, path: String = "model.yaml", limits: DocumentLimits = .standard
) -> String {
  do {
    let node = try DocumentReader.read(text: text, path: path, limits: limits)
    return "read \(node.kindName)"
  } catch {
    return error.description
  }
}

/// The value of `key` in a text.
func scalar(_ key: String, in text: String) throws -> Scalar.Value? {
  try DocumentReader.read(text: text, path: "model.yaml")[key]?.scalar?.value
}

extension SourceRange {
  /// "line:column-line:column", for short expectations.
  var span: String { "\(start.line):\(start.column)-\(end.line):\(end.column)" }
}
