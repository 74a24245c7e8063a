import ModelGraph
import PeftCheckpoints
import PeftTensors
import TunerKit

/// One pass over an adapter's file: what was found, and what was wrong.
struct AdapterReading {
  private let file: AdapterTensors
  private let path: String
  /// What keys begin with: nothing where an adapter was put into a model without PEFT's wrapper.
  private let prefix: String
  private(set) var tensors: [String: Tensor] = [:]
  /// The base model's parameters that the file has values for.
  private(set) var baseParameters: [String] = []
  /// All names of the base model's parameters.
  private let parameterNames: [Parameter.ID: [String]]
  private var seen: Set<String> = []
  private(set) var mismatch = AdapterMismatch()

  init(_ file: AdapterTensors, path: String, on graph: Graph) {
    self.file = file
    self.path = path
    parameterNames = graph.modules.parameterNames()
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

  /// One parameter may be in the file under several names, with the same values.
  private mutating func read(_ copy: TrainedCopy, of adapter: Adapter) {
    let name = copy.parameterName(adapter: adapter.name)
    var keys = AdapterKey.keys(of: copy, in: adapter)
    if copy.module == nil {
      // A bias that modules share is in the file under one of its names, or under all.
      let others = (parameterNames[copy.original] ?? []).flatMap(AdapterKey.namesOfBase)
      keys += others.filter { !keys.contains($0) && isInFile($0) }
      if !isInFile(keys[0]), keys.count > 1 { keys.removeFirst() }
    }
    read(keys[0], as: name, copy.shape, isCopy: true)
    for key in keys.dropFirst() { checkCopy(key, of: keys[0]) }
  }

  private func isInFile(_ key: String) -> Bool { file.info(keyInFile(key)) != nil }

  private func keyInFile(_ key: String) -> String {
    String(key.dropFirst(key.hasPrefix(prefix) ? prefix.count : 0))
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
    let key = keyInFile(key)
    guard let tensor = file.tensor(key) else { return nil }
    seen.insert(key)
    return tensor
  }

  /// Notes where a repeated tensor has other values.
  mutating func checkCopy(_ key: String, of original: String) {
    guard let copy = tensor(key), let tensor = tensor(original), !copy.isIdentical(to: tensor)
    else { return }
    mismatch.differing.append("\(key) and \(original)")
  }

  /// Takes what is left of the file for parameters of the base model, in whose place PEFT puts it:
  /// embeddings with new tokens, norms, a head.
  mutating func readBaseParameters(of model: Model) {
    for key in file.names where !seen.contains(key) && !Self.isRepeated(key) {
      guard let name = AdapterKey.baseParameter(key),
        let id = model.graph.parameter(calledByModule: name), let tensor = tensor(key)
      else { continue }
      let parameter = model.graph[id]
      guard tensor.shape == parameter.shape else {
        mismatch.misshapen.append(
          .init(name: key, found: tensor.shape, expected: parameter.shape, isCopy: true))
        continue
      }
      guard tensor.type.isFloatingPoint else {
        mismatch.notReal.append("\(key) is \(tensor.type)")
        continue
      }
      guard tensor.isFinite else {
        mismatch.notFinite.append(key)
        continue
      }
      let own = model.parameters[id]
      let stored = own.map { tensor.converted(to: $0.type) } ?? tensor
      if let other = tensors[parameter.name] {
        // Two modules that share it.
        if !stored.isIdentical(to: other) { mismatch.differing.append("\(key) and another") }
      } else if !(own?.isIdentical(to: stored) ?? false) {
        tensors[parameter.name] = stored
        baseParameters.append(parameter.name)
      }
    }
  }

  mutating func noteMisshapen(_ key: String, found: [Int], expected: [Int]) {
    mismatch.misshapen.append(.init(name: key, found: found, expected: expected, isCopy: false))
  }

  var notes: [String] {
    baseParameters.isEmpty
      ? []
      : [
        "the adapter's file has weights of the base model, which take the place of its own as in PEFT: "
          + baseParameters.shownFirst
      ]
  }

  /// - Throws: `AdapterFolderError` with everything that was wrong.
  func finish(
    for adapter: Adapter, on graph: Graph, isLenient: Bool
  ) throws(AdapterFolderError) -> (tensors: [String: Tensor], warnings: [String]) {
    var mismatch = mismatch
    mismatch.unexpected = file.names.filter { !seen.contains($0) && !Self.isRepeated($0) }
    if mismatch.isEmpty { return (tensors, []) }
    mismatch.context = AdapterMismatch.Context(mismatch, of: adapter, on: graph)
    let error = AdapterFolderError(.tensors(mismatch), path: path)
    guard isLenient, mismatch.differing.isEmpty else { throw error }
    return (tensors, [DiagnosisText(error, hasFix: false).text])
  }

  /// What PEFT writes beside what is needed: biases of saved modules twice more, and all of saved embeddings
  /// where the vocabulary has changed. It reads none of it: where a module is saved in full, its own names have
  /// the copy, and nothing uses the original.
  static func isRepeated(_ name: String) -> Bool {
    name.contains(".modules_to_save.") || name.contains(".original_module.")
  }
}
