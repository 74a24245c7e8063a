import ModelDescription
import TunerKit

extension ModelDescription {
  /// The model's `config.json` with what was set anew; nil where nothing differs from the folder's.
  /// - Parameter text: What it is to be so far; the model's own where nil.
  /// - Throws: `MergeError.cannotSet` where no field says it.
  func configurationWithSettings(in text: String? = nil) throws -> String? {
    let text = text ?? configuration
    guard let folder = checkpointFolder, !newDimensions.isEmpty else { return text }
    let path = "\(folder)/config.json"
    let root =
      try text.map { try DocumentReader.read(text: $0, path: path) }
      ?? DocumentReader.read(path: path)
    guard let fields = try settingNewDimensions(in: ConfigurationValue(root), path: path) else {
      throw MergeError.cannotSet(newDimensions)
    }
    return fields.configurationFile
  }
}
