import ModelGraph
import PeftBasics

/// What can be wrong with a description as a whole, or with how it was asked for.
enum LoadingProblem: Diagnosis, Equatable {
  case notADescription(found: String)
  case unknownKey(String, known: [String])
  case missingKey(String)
  case noOutputs
  case extendsItself(chain: [String])
  case extendsTooDeep(limit: Int)
  case extendsOutside(String)
  case extendsUnknown(String, known: [String])
  case wrongKind(key: String, expected: String, found: String)
  case unknownInputType(String, known: [String])
  case badDimension(String)
  case badValueName(String)
  case unknownModel(String, known: [String])
  case noConfiguration(folder: String)
  case notJSON(String, isPointer: Bool)
  case isAdapter(folder: String, base: String?)
  case isOutline
  case noModelType
  case unknownModelType(String, known: [String])
  case unknownArchitecture(String, modelType: String, known: [String])
  case unknownField(String, value: String, modelType: String, known: [String])
  case unsupportedValue(field: String, value: String, supported: [String])
  case badMapping(field: String)
  case familyTwice(String)
  case blockHidesOperator(String)
  case checkpointStars(pattern: String, result: String)

  var words: (problem: String, fix: String?) { (message, remedy) }

  private var message: String {
    switch self {
    case .notADescription(let found): "a description is a mapping of keys, not \(found)"
    case .unknownKey(let key, _): "a description has no key '\(key)'"
    case .noOutputs: "no output is left: every 'when' under outputs is false"
    case .missingKey(let key): "the description has no '\(key)'"
    case .extendsItself(let chain):
      "'extends' comes back to where it started: \(chain.joined(separator: " → "))"
    case .extendsTooDeep(let limit): "more than \(limit) descriptions extend each other"
    case .extendsOutside(let path): "'\(path)' lies outside the description's folder"
    case .extendsUnknown(let path, _):
      "there is no description '\(path)' in this folder or among the bundled ones"
    case .wrongKind(let key, let expected, let found): "\(key) is \(expected), not \(found)"
    case .unknownInputType(let type, _): "'\(type)' is not a type of input"
    case .badDimension(let text): "'\(text)' is neither a size nor a name for one"
    case .badValueName(let name): "'\(name)' cannot be the name of a value"
    case .unknownModel(let name, _): "there is no model '\(name)'"
    case .isAdapter(let folder, _): "'\(folder)' is an adapter, not a model"
    case .isOutline:
      "this file has the names and shapes of a model's weights, and not how they are computed with"
    case .noConfiguration(let folder): "the folder '\(folder)' has no config.json"
    case .notJSON(let problem, false): "this is not JSON: \(problem)"
    case .notJSON(_, true): "this is not JSON, but a pointer of Git LFS to a file that is elsewhere"
    case .noModelType: "the configuration has no model_type"
    case .unknownModelType(let type, _): "model_type '\(type)' is not known"
    case .unknownArchitecture(let name, let type, _):
      "'\(name)' is not a known class of model_type '\(type)'"
    case .unknownField(let field, let value, let type, _):
      "'\(field)' (\(value)) is not understood for model_type '\(type)', and it may change the result"
    case .unsupportedValue(let field, let value, _): "\(field) = \(value) is not supported"
    case .blockHidesOperator(let name): "a block cannot be called '\(name)': an operator is"
    case .familyTwice(let type): "there is another family of model_type '\(type)'"
    case .badMapping(let field): "the mapping of '\(field)' is not understood"
    case .checkpointStars(let pattern, let result):
      "the stars of '\(result)' are not those of '\(pattern)'"
    }
  }

  private var remedy: String? {
    switch self {
    case .notADescription: "start with 'name: …' and 'graph: …'"
    case .unknownKey(let key, let known): Self.suggestion(key, known, all: "the keys are")
    case .noOutputs: "check the dimensions that they read"
    case .missingKey(let key): "add '\(key): …'"
    case .extendsItself: "remove one of these 'extends'"
    case .extendsTooDeep: "put some of them together"
    case .extendsOutside: "extend a file in the same folder or below, or a bundled model"
    case .extendsUnknown(let path, let known):
      Self.suggestion(
        path.hasSuffix(".yaml") ? String(path.dropLast(5)) : path, known,
        all: "the bundled models are")
    case .wrongKind(_, let expected, _): "write \(expected)"
    case .unknownInputType(let type, let known):
      Self.suggestion(type, known, all: "the types are")
    case .badDimension: "write a whole number, $name, or a bare name such as batch"
    case .badValueName: "use letters, digits and '_'"
    case .unknownModel(let name, let known):
      Self.suggestion(name, known, all: "give a description's path, a checkpoint folder, or one of")
    case .isAdapter(let folder, let base?):
      "give the model that it was trained on, \(base.shown), as MODEL, and '--adapter \(folder)'"
    case .isAdapter(let folder, nil):
      "give the model that it was trained on as MODEL, and '--adapter \(folder)'"
    case .isOutline:
      "give a checkpoint's folder with its config.json, or a description; 'peft compare', 'match' and 'describe' "
        + "take this file as it is"
    case .noConfiguration:
      "give a folder with a Hugging Face checkpoint, or a description's path; to count alone, 'peft compare' takes a "
        + "safetensors file"
    case .notJSON(_, false):
      "a config.json is strict JSON, without comments or a comma before a bracket: download it again"
    case .notJSON(_, true): "fetch the files themselves: run 'git lfs pull' in the folder"
    case .noModelType: "check that this is a model's config.json"
    case .unknownModelType(let type, let known):
      Self.suggestion(
        type, known,
        all: "to count alone, give its safetensors file to 'peft compare'; the known ones are")
    case .unknownArchitecture(let name, _, let known):
      Self.suggestion(name, known, all: "the known ones are")
    case .unknownField(let field, _, _, _) where Self.quantisation.contains(field):
      "the weights are quantised, which is not read: use the model in F32, F16 or BF16"
    case .unknownField(let field, _, _, let known):
      (Spelling.nearest(to: field, among: known).map { "did you mean '\($0)'? " } ?? "")
        + "--allow-unknown-fields ignores it, where it does not matter"
    case .unsupportedValue(_, _, let supported):
      "supported: \(supported.joined(separator: ", "))"
    case .blockHidesOperator: "choose another name"
    case .familyTwice: "give only one of them"
    case .badMapping: "write 'field: dimension' or 'field: {to: dimension, values: {…}}'"
    case .checkpointStars:
      "give both as many '*' and at most one '**', each a whole part between dots"
    }
  }

  /// Fields that say how weights are stored in a few bits.
  private static let quantisation = ["quantization_config", "quantization", "compression_config"]

  private static let mostListed = 20

  private static func suggestion(_ word: String, _ known: [String], all: String) -> String {
    Spelling.nearest(to: word, among: known).map { "did you mean '\($0)'?" }
      ?? "\(all) \(known.prefix(mostListed).joined(separator: ", "))"
      + (known.count > mostListed ? ", …" : "")
  }
}
