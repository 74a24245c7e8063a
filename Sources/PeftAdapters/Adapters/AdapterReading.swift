import ModelGraph
import PeftCheckpoints
import PeftTensors
import TunerKit

/// One pass over an adapter's file: what was found, and what was wrong.
struct AdapterReading {
  private let file: SafetensorsFile
  private let path: String
  /// What keys begin with: nothing where an adapter was put into a model without PEFT's wrapper.
  private let prefix: String
  private(set) var tensors: [String: Tensor] = [:]
  private var seen: Set<String> = []
  private(set) var mismatch = AdapterMismatch()

  init(_ file: SafetensorsFile, path: String) {
    self.file = file
    self.path = path
    prefix = file.names.contains { $0.hasPrefix(AdapterKey.wrapper) } ? "" : AdapterKey.base("")
  }

  /// Reads all that is trained.
  mutating func readTensors(of adapter: Adapter) {
    for tensor in adapter.sharedTensors where !tensor.isReproducible {
      read(
        AdapterKey.shared(tensor), as: tensor.parameterName(adapter: adapter.name), tensor.shape)
    }
    for update in adapter.updates {
      for tensor in update.ownTensors where !tensor.isDerived {
        let key = AdapterKey.tensor(tensor, at: update.site)
        if tensor.isReproducible, self.tensor(key) == nil { continue }
        read(key, as: tensor.parameterName(adapter: adapter.name), tensor.shape)
      }
    }
    for copy in adapter.copies { read(copy, of: adapter) }
  }

  /// One parameter may be in the file under several names, with the same numbers.
  private mutating func read(_ copy: TrainedCopy, of adapter: Adapter) {
    let name = copy.parameterName(adapter: adapter.name)
    let keys = AdapterKey.keys(of: copy, in: adapter)
    read(keys[0], as: name, copy.shape, isCopy: true)
    for key in keys.dropFirst() { checkCopy(key, of: keys[0]) }
  }

  private mutating func read(
    _ key: String, as parameter: String, _ shape: [Int], isCopy: Bool = false
  ) {
    guard let tensor = tensor(key) else {
      mismatch.missing.append(key)
      return
    }
    if tensor.shape != shape {
      mismatch.misshapen.append(
        .init(name: key, found: tensor.shape, expected: shape, isCopy: isCopy))
    } else if !tensor.type.isFloatingPoint {
      mismatch.notReal.append("\(key) is \(tensor.type)")
    } else if !tensor.isFinite {
      mismatch.notFinite.append(key)
    } else {
      tensors[parameter] = tensor
    }
  }

  /// A tensor of the file, which counts as expected from now on.
  mutating func tensor(_ key: String) -> Tensor? {
    let key = String(key.dropFirst(key.hasPrefix(prefix) ? prefix.count : 0))
    guard let tensor = file.tensor(key) else { return nil }
    seen.insert(key)
    return tensor
  }

  /// Notes where a tensor that is there again has other numbers.
  mutating func checkCopy(_ key: String, of original: String) {
    guard let copy = tensor(key), let tensor = tensor(original), !copy.isIdentical(to: tensor)
    else { return }
    mismatch.differing.append("\(key) and \(original)")
  }

  /// Compares weights of adapted embeddings, which PEFT loads in place of the base's, with those.
  mutating func checkBaseWeights(of model: Model) {
    for name in file.names where Self.isBaseWeight(name) {
      let path = name.dropFirst(name.hasPrefix(AdapterKey.wrapper) ? AdapterKey.base("").count : 0)
        .dropLast(".base_layer.weight".count)
      guard let id = model.graph.modules.ownParameters(of: String(path))["weight"],
        let weight = model.parameters[id], let copy = file.tensor(name)
      else { continue }
      if !copy.isRounded(weight) { mismatch.otherBase.append(name) }
    }
  }

  mutating func noteMisshapen(_ key: String, found: [Int], expected: [Int]) {
    mismatch.misshapen.append(.init(name: key, found: found, expected: expected, isCopy: false))
  }

  /// - Throws: `AdapterFolderError` with everything that was wrong.
  func finish(
    isLenient: Bool
  ) throws(AdapterFolderError) -> (tensors: [String: Tensor], warnings: [String]) {
    var mismatch = mismatch
    mismatch.unexpected = file.names.filter { !seen.contains($0) && !Self.isRepeated($0) }
    if mismatch.isEmpty { return (tensors, []) }
    let error = AdapterFolderError(.tensors(mismatch), path: path)
    guard isLenient, mismatch.differing.isEmpty else { throw error }
    return (tensors, [DiagnosisText(error, hasFix: false).text])
  }

  /// What PEFT writes beside what is needed: biases of saved modules twice more, base weights of
  /// adapted embeddings.
  static func isRepeated(_ name: String) -> Bool {
    name.hasSuffix(".bias")
      && (name.contains(".original_module.") || name.contains(".modules_to_save."))
      || isBaseWeight(name)
  }

  /// Whether it is the weight of an adapted embedding.
  private static func isBaseWeight(_ name: String) -> Bool {
    name.hasSuffix("embed_tokens.base_layer.weight") || name.hasSuffix("lm_head.base_layer.weight")
  }
}

extension Tensor {
  /// Whether these are another tensor's numbers, where one of the two may be rounded to fewer bits.
  fileprivate func isRounded(_ other: Tensor) -> Bool {
    guard shape == other.shape, type.isFloatingPoint, other.type.isFloatingPoint else {
      return false
    }
    return isIdentical(to: other.converted(to: type))
      || other.isIdentical(to: converted(to: other.type))
  }
}
