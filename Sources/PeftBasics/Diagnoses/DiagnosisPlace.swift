/// Where a diagnosis is.
public enum DiagnosisPlace: Hashable, Sendable, CustomStringConvertible {
  /// A file or a folder: `data.jsonl`, `data.jsonl:3`, `tokenizer.json: model.vocab`. The line counts
  /// from 1; a part is named as the file's format has it.
  case file(String, line: Int? = nil, part: String? = nil)
  /// A stretch of a text, which is shown with a mark and a few words beside the mark.
  case source(SourceRange, note: String? = nil)
  /// An option or an argument of the command line.
  case argument(String)
  /// A place in what one of several has: `second: weights.safetensors`.
  indirect case within(String, DiagnosisPlace)

  public var description: String {
    switch self {
    case .file(let path, let line, let part):
      path + (line.map { ":\($0)" } ?? "") + (part.map { ": \($0)" } ?? "")
    case .source(let range, _): range.location.description
    case .argument(let text): text
    case .within(let name, let place): "\(name): \(place)"
    }
  }

  /// The lines of the text that it is about.
  var excerpt: [String] {
    switch self {
    case .source(let range, let note): Excerpt(range, note: note).lines
    case .within(_, let place): place.excerpt
    case .file, .argument: []
    }
  }
}
