import Checkpoints
import Tensors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// All that a run has to know to go on as if it had never stopped.
struct RunState {
  /// What is written as JSON.
  struct Numbers: Codable, Hashable {
    var step = 0
    var optimizerStep = 0
    var position = DataPosition.start
    var logBytes = 0
    var bestLoss: Double?
    var seconds = 0.0
    /// The trained tensors' file begins where this one ends, so that both belong together.
    var format = 1
  }

  var numbers: Numbers
  let trained: [String: Tensor]
  let optimizer: [String: Tensor]

  private static let numbersName = "training_state.json"
  private static let tensorsName = "training_state.safetensors"
  private static let trainedPrefix = "trained."
  private static let optimizerPrefix = "optimizer."

  /// Writes the state as one step.
  func write(to folder: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let text = String(decoding: try encoder.encode(numbers), as: UTF8.self)
    var tensors: [String: Tensor] = [:]
    for (name, tensor) in trained { tensors[Self.trainedPrefix + name] = tensor }
    for (name, tensor) in optimizer { tensors[Self.optimizerPrefix + name] = tensor }
    try FolderWriter.write(to: folder) { new in
      try new.add(Self.numbersName, text + "\n")
      try new.add(Self.tensorsName, tensors: tensors)
    }
  }

  init(numbers: Numbers, trained: [String: Tensor], optimizer: [String: Tensor]) {
    self.numbers = numbers
    self.trained = trained
    self.optimizer = optimizer
  }

  /// - Throws: `TrainingSetupError.unreadableState`, `SafetensorsError`.
  init(folder: String) throws {
    let path = folder.file(Self.numbersName)
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      numbers = try JSONDecoder().decode(Numbers.self, from: data)
    } catch {
      throw TrainingSetupError.unreadableState(path, reason: "it is damaged")
    }
    guard numbers.step >= 0, numbers.logBytes >= 0 else {
      throw TrainingSetupError.unreadableState(path, reason: "it has negative counts")
    }
    let file = try SafetensorsFile(path: folder.file(Self.tensorsName))
    var (trained, optimizer): ([String: Tensor], [String: Tensor]) = ([:], [:])
    for name in file.names {
      guard let tensor = file.tensor(name) else { continue }
      if name.hasPrefix(Self.trainedPrefix) {
        trained[String(name.dropFirst(Self.trainedPrefix.count))] = tensor
      } else if name.hasPrefix(Self.optimizerPrefix) {
        optimizer[String(name.dropFirst(Self.optimizerPrefix.count))] = tensor
      }
    }
    self.trained = trained
    self.optimizer = optimizer
  }
}
