public import ModelGraph
public import PeftBasics
import PeftCheckpoints
import PeftReports
public import PeftTensors

/// Inputs of a model from files: `batch.safetensors`, whose tensors have the inputs' names, or
/// `input_ids=ids.npy`.
public struct ModelInputs {
  public private(set) var tensors: [String: Tensor] = [:]

  /// - Parameter arguments: A file each, `.npy` ones with the input's name and `=` before it.
  /// - Throws: `ModelInputError`, or what the files are refused for.
  public init(_ arguments: [String]) throws {
    for argument in arguments {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      if argument.hasSuffix(".npy") {
        guard parts.count == 2, !parts[0].contains("/"), !argument.hasPrefix("=") else {
          throw ModelInputError.unnamed(parts.last ?? argument)
        }
        try add(NumPyFile(path: parts[1]).tensor, as: parts[0])
      } else if parts.count == 2, !parts[0].contains("/"), !FileWriter.isThere(argument) {
        throw ModelInputError.named(argument, path: parts[1])
      } else {
        let file = try SafetensorsFile(path: argument)
        for name in file.names {
          if let tensor = file.tensor(name) { try add(tensor, as: name) }
        }
      }
    }
  }

  private mutating func add(_ tensor: Tensor, as name: String) throws(ModelInputError) {
    guard tensors.updateValue(tensor, forKey: name) == nil else { throw .repeated(name) }
  }

  /// Tensors that the model does not take.
  public func unused(by graph: Graph) -> [String] {
    let known = Set(graph.inputs.map(\.name))
    return tensors.keys.filter { !known.contains($0) }.sorted()
  }
}

/// Inputs on a command line that cannot be told apart.
public enum ModelInputError: Diagnosis, Hashable {
  case unnamed(String)
  case named(String, path: String)
  case repeated(String)

  public var words: (problem: String, fix: String?) {
    switch self {
    case .unnamed(let path):
      (
        "a .npy file does not say which input it is",
        "write the name before it, as in input_ids=\(path)"
      )
    case .named(_, let path):
      (
        "only a .npy file has the input's name before it",
        "give \(path.shown) alone, as a safetensors file that names its inputs"
      )
    case .repeated(let name): ("\(name.shown) is given twice", "leave one of them out")
    }
  }

  public var place: DiagnosisPlace? {
    switch self {
    case .unnamed(let path): .file(path)
    case .named(let argument, _): .argument(argument.shown)
    case .repeated: nil
    }
  }
}
