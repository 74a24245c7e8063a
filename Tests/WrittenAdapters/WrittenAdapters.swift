import Foundation
import Peft

/// Writes adapters, and what models answer with them, for `Scripts/check_with_peft.py` to compare with
/// PEFT: `WrittenAdapters FIXTURES FOLDER`.
///
/// Every recorded adapter is written twice: read and saved again, and started anew from its
/// configuration alone, with other numbers. Others were trained, and say what their task is.
@main struct WrittenAdapters {
  static func main() throws {
    let (fixtures, folder) = (CommandLine.arguments[1], CommandLine.arguments[2])
    let manifest = try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: URL(filePath: "\(fixtures)/adapted/manifest.json")))
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    for adapter in manifest.folders {
      try adapter.write(from: fixtures, to: folder)
    }
    for adapter in TrainedAdapter.all { try adapter.write(from: fixtures, to: folder) }
  }
}

private struct Manifest: Decodable {
  let folders: [Recorded]
}

private struct Recorded: Decodable {
  let folder: String
  let checkpoint: String
  let compare: String

  func write(from fixtures: String, to place: String) throws {
    let path = "\(fixtures)/adapted/\(folder)"
    let checkpoint = "\(fixtures)/checkpoints/\(checkpoint)"
    let base = try Model(checkpoint)
    let file = try SafetensorsFile(path: "\(path)/case.safetensors")
    var inputs: [String: Tensor] = [:]
    for name in file.names where name.hasPrefix("input.") {
      inputs[String(name.dropFirst("input.".count))] = file.tensor(name)
    }
    let read = try AdapterFolder(path).weights(for: base)
    for (kind, weights) in [("saved-again", read), ("new", try read.startedAnew(on: base))] {
      let folder = "\(place)/\(folder)-\(kind)"
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      try weights.write(to: "\(folder)/adapter", on: base.graph)
      try checkpoint.write(toFile: "\(folder)/base.txt", atomically: true, encoding: .utf8)
      var tensors: [String: Tensor] = [:]
      for (name, tensor) in inputs { tensors["input.\(name)"] = tensor }
      for (name, tensor) in try base.adapted(by: [weights])(inputs) {
        tensors["output.\(name)"] = tensor
      }
      try SafetensorsWriter.write(
        tensors, metadata: ["format": "pt", "compare": compare], to: "\(folder)/case.safetensors")
    }
  }
}

extension AdapterWeights {
  /// An adapter of the same configuration with other numbers, as if it had been trained.
  fileprivate func startedAnew(on base: Model) throws -> AdapterWeights {
    let fresh = try AdapterWeights(adapter, on: base, seed: 7)
    let trained = Set(
      adapter.tensors.filter(\.isTrained).map { $0.parameterName(adapter: name) }
        + adapter.copies.map { $0.parameterName(adapter: name) })
    var generator = TorchGenerator(seed: 8)
    var tensors = fresh.tensors
    for name in trained.sorted() {
      guard let tensor = tensors[name] else { continue }
      let floats = tensor.floats()
      let size = floats.map(abs).max() ?? 0
      let noise = generator.normal(tensor.shape, deviation: size > 0 ? size / 8 : 0.1).floats()
      tensors[name] = Tensor(zip(floats, noise).map { $0 + $1 }, shape: tensor.shape)
    }
    return AdapterWeights(adapter, tensors: tensors, generation: fresh.generation)
  }
}
