import ModelGraph
public import PeftBasics

/// Why a folder or an index does not lead to a model's weights, and what to do about it.
public struct CheckpointError: Diagnosis, Hashable {
  public enum Reason: Error, Hashable, Sendable {
    case noWeights
    case onlyAdapter
    /// Weights in pickle files, which can run any program when they are read.
    case pickled(folder: String, pattern: String)
    case indexTooLong(bytes: Int, limit: Int)
    case indexNotJSON(JSONMistake)
    case indexKind(found: String)
    case noMap
    case mapKind(found: String)
    case mapTwice
    case mapEmpty
    case entryKind(tensor: String, found: String)
    case tensorTwice(String)
    case badFileName(tensor: String, file: String)
    case filesMissing([String])
    /// Files whose headers have the shapes of tensors.
    case headersMissing([String])
    case tensorsMissing([String], file: String)
    case noTensor(String)
    // Writing
    case tensorThere(String)
    case fileNameTaken(String)
    case writtenWrongly(tensors: [String])
  }

  public let reason: Reason
  public let path: String

  public var place: DiagnosisPlace? { .file(path) }

  public var words: (problem: String, fix: String?) {
    let again = "download the index again"
    return switch reason {
    case .noWeights:
      (
        "this folder has neither 'model.safetensors' nor 'model.safetensors.index.json'",
        "name the folder, or the file, that holds the model's weights"
      )
    case .onlyAdapter:
      (
        "this folder holds an adapter, not the weights of a model",
        "name the folder of the model that the adapter was made for"
      )
    case .pickled(let folder, let pattern):
      (
        "the weights are in PyTorch's pickle format, which can run programs",
        "convert them to safetensors:\n" + Self.conversion(folder: folder, pattern: pattern)
      )
    case .indexTooLong(let bytes, let limit):
      ("the index has \(bytes.bytesText); at most \(limit.grouped) are allowed", again)
    case .indexNotJSON(let mistake): ("the index is not JSON: \(mistake.problem)", again)
    case .indexKind(let found): ("the index is \(found); an object is expected", again)
    case .noMap: ("the index has no 'weight_map'", again)
    case .mapKind(let found):
      ("'weight_map' is \(found); a map from tensors to files is expected", again)
    case .mapTwice: ("'weight_map' is there twice", again)
    case .mapEmpty: ("'weight_map' is empty", again)
    case .entryKind(let tensor, let found):
      ("the file of tensor \(tensor.quoted) is \(found); a name is expected", again)
    case .tensorTwice(let tensor):
      ("tensor \(tensor.quoted) is in 'weight_map' twice", again)
    case .badFileName(let tensor, let file):
      (
        "the file of tensor \(tensor.quoted), \(file.quoted), is not beside the index",
        "put all files in one folder, and name them without it"
      )
    case .filesMissing(let files):
      (
        "files that the index names are not there: \(files.list)",
        "download them to the folder of the index"
      )
    case .headersMissing(let files):
      (
        "an index has no shapes; they are in the headers of files that are not there: \(files.list)",
        "download them to the folder of the index (the first megabytes of each are enough to count), or give the "
          + "text of print(model)"
      )
    case .tensorsMissing(let tensors, let file):
      (
        "\(file.quoted) lacks tensors that the index puts there: \(tensors.list)",
        "download the index and all files again, from one version of the model"
      )
    case .noTensor(let name):
      ("there is no tensor \(name.quoted)", "choose one of those that are there")
    case .tensorThere(let name):
      ("there is a tensor \(name.quoted) already", "replace it, or choose another name")
    case .fileNameTaken(let name):
      ("two files would be called \(name.quoted)", "choose another name for one of them")
    case .writtenWrongly(let tensors):
      (
        "the files were written, but do not hold what they should: \(tensors.list)",
        "check the disk; what was there before is still there"
      )
    }
  }

  /// A line for a shell. Copies are needed because tied weights share memory, which safetensors
  /// refuses.
  private static func conversion(folder: String, pattern: String) -> String {
    """
      cd '\(folder.replacing("'", with: #"'\''"#))' && \
    python -c "import glob, torch, safetensors.torch as s; s.save_file({n: t.contiguous().clone() \
    for f in glob.glob('\(pattern)') for n, t in torch.load(f, 'cpu', weights_only=True).items()}, \
    'model.safetensors', {'format': 'pt'})"
    """
  }
}

extension [String] {
  private static let mostShown = 20

  /// The first names in quotes.
  fileprivate var list: String {
    let shown = prefix(Self.mostShown).map(\.quoted).joined(separator: ", ")
    return count > Self.mostShown ? "\(shown) … and \(count - Self.mostShown) more" : shown
  }
}
