import Foundation
import Peft
import Testing

extension ChangedAdapter {
  /// The recorded adapter that it was made from.
  var recorded: RecordedAdapter {
    get throws { try RecordedAdapter.named(name) }
  }

  /// What loading it says; empty where it loads. The folder's path is `FOLDER`.
  func error(isLenient: Bool = false) throws -> String {
    let base = try recorded.base()
    do {
      _ = try AdapterFolder(path).applied(to: base, isLenient: isLenient)
      return ""
    } catch {
      return "\(error)".replacingOccurrences(of: path, with: "FOLDER")
    }
  }

  func warnings(isLenient: Bool = false) throws -> [String] {
    try AdapterFolder(path).weights(for: recorded.base(), isLenient: isLenient).warnings
      .map { $0.replacingOccurrences(of: path, with: "FOLDER") }
  }
}
