import ModelGraph
public import PeftBasics
public import TunerKit

/// An adapter's folder that cannot be read or written.
public struct AdapterFolderError: Diagnosis, Hashable {
  public enum Reason: Hashable, Sendable {
    case tensors(AdapterMismatch)
    case noConfiguration(isModel: Bool)
    case otherModel(TargetError, trainedOn: String?)
    case noTensors(isPickled: Bool)
    case changedBasis(String)
    case otherBasis(String, key: Int, fields: [String])
    case notFromKey(String)
    case nothingToWrite
    case noNumbers(String)
  }

  public let reason: Reason
  public let path: String

  init(_ reason: Reason, path: String) {
    self.reason = reason
    self.path = path
  }

  public var place: DiagnosisPlace? { .file(path) }

  public var details: [String] {
    if case .tensors(let mismatch) = reason { mismatch.lines.map { "  \($0)" } } else { [] }
  }

  public var words: (problem: String, fix: String?) {
    switch reason {
    case .tensors(let mismatch):
      (
        "\(mismatch.count.grouped) tensor\(mismatch.count == 1 ? " does" : "s do") not fit",
        mismatch.fix
      )
    case .noConfiguration(let isModel):
      (
        isModel
          ? "a model is there, not an adapter: it has config.json"
          : "there is no adapter_config.json",
        "give the folder in which PEFT saved the adapter; one with a name has a folder of its own inside"
      )
    case .otherModel(let error, let trained):
      (
        "the adapter is for another model: \(error.problem)",
        trained.map { "give the model that it was trained on: \($0.shown)" }
          ?? "give the model that it was trained on"
      )
    case .noTensors(let isPickled):
      (
        "there is no adapter_model.safetensors",
        isPickled
          ? "load it with PEFT and save it again: adapter_model.bin is Python's pickle"
          : "give the folder in which PEFT saved the adapter"
      )
    case .changedBasis(let name):
      (
        "\(name.shown) is not what the file's metadata say it was when it was saved",
        "use an unchanged copy of the adapter"
      )
    case .otherBasis(let name, let key, let fields):
      (
        "\(name.shown) drawn from key \(key) is not what the adapter was trained with",
        "check \(fields.joined(separator: " and "))\(fields.isEmpty ? "" : " in ")adapter_config.json, "
          + "and that this is the adapter's base model"
      )
    case .notFromKey(let name):
      (
        "\(name.shown) is not what its key gives in any release of torch: it must stay in the file",
        "keep the adapter as it is"
      )
    case .nothingToWrite:
      ("the adapter has no tensors to save", "check its target_modules")
    case .noNumbers(let name):
      ("\(name.shown) has no weights", "give the base model with its weights")
    }
  }
}
