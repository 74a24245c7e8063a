import PeftAdapters
import PeftReports

/// What kind of file holds a run's data, as its name says.
enum DataFormat: Hashable, Sendable {
  case jsonLines, lines, csv
  case safetensors
  case numPy
  /// Tokens of 2 or 4 bytes each and nothing else.
  case tokens(byteCount: Int)

  static let extensions = [".jsonl", ".txt", ".csv", ".safetensors", ".npy", ".bin"]

  init?(path: String) {
    let name = path.lowercased()
    switch Self.extensions.first(where: name.hasSuffix) {
    case ".jsonl": self = .jsonLines
    case ".txt": self = .lines
    case ".csv": self = .csv
    case ".safetensors": self = .safetensors
    case ".npy": self = .numPy
    case ".bin": self = .tokens(byteCount: name.hasSuffix(".u32.bin") ? 4 : 2)
    default: return nil
    }
  }

  /// Whether rows are texts, which take a tokenizer.
  var isText: Bool {
    switch self {
    case .jsonLines, .lines, .csv: true
    case .safetensors, .numPy, .tokens: false
    }
  }
}
