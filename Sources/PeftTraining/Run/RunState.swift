import ModelGraph
import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftReports
import PeftTensors
import TunerKit

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// All that a run has to know to go on as if it had never stopped.
package struct RunState {
  /// What is written as JSON.
  package struct Numbers: Codable, Hashable {
    var step = 0
    var position = DataPosition.start
    var logBytes = 0
    var bestLoss: Double?
    var seconds = 0.0
    /// What the fields mean; others are not read.
    var format = Self.knownFormat

    static let knownFormat = 1
  }

  var numbers: Numbers
  let trained: [String: Tensor]
  let optimizer: [String: Tensor]
  /// What the tuner's schedule remembers.
  let schedule: [String: [Float]]

  private static let numbersName = "training_state.json"
  private static let tensorsName = "training_state.safetensors"
  private static let trainedPrefix = "trained."
  private static let optimizerPrefix = "optimizer."
  private static let schedulePrefix = "schedule."

  /// Writes the state as one step, with the recipe of its run.
  func write(to folder: String, recipe: TrainingRecipe) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let text = String(decoding: try encoder.encode(numbers), as: UTF8.self)
    var tensors: [String: Tensor] = [:]
    for (name, tensor) in trained { tensors[Self.trainedPrefix + name] = tensor }
    for (name, tensor) in optimizer { tensors[Self.optimizerPrefix + name] = tensor }
    for (name, memory) in schedule {
      tensors[Self.schedulePrefix + name] = Tensor(memory, shape: [memory.count])
    }
    try FolderWriter.write(to: folder) { new in
      try new.add(Self.numbersName, text + "\n")
      try new.add(TrainingRecipe.fileName, recipe.text)
      try new.add(Self.tensorsName, tensors: tensors)
    }
  }

  init(
    numbers: Numbers, trained: [String: Tensor], optimizer: [String: Tensor],
    schedule: [String: [Float]] = [:]
  ) {
    self.numbers = numbers
    self.trained = trained
    self.optimizer = optimizer
    self.schedule = schedule
  }

  /// Makes sure that the run goes on as it was begun.
  /// - Returns: What the user should know about a run that has become longer or shorter.
  /// - Throws: `TrainingSetupError` where the recipe has changed in what its steps depend on, or where
  ///   the state's place in the data is not the one after its steps; `DescriptionErrors`.
  func notes(
    on recipe: TrainingRecipe, at folder: RunFolder, registry: TunerRegistry,
    methods: TrainingMethods
  ) throws -> [String] {
    let saved = folder.statePath.file(TrainingRecipe.fileName)
    guard FileWriter.isThere(saved) else {
      throw TrainingSetupError.unreadableState(folder.statePath, reason: "it has no recipe")
    }
    let before = try TrainingRecipe(path: saved, registry: registry, methods: methods)
    let changes = recipe.changes(from: before)
    guard changes.isEmpty else {
      throw TrainingSetupError.otherRecipe(folder.recipePath, saved: saved, fields: changes)
    }
    let rows = try? [numbers.step, recipe.accumulate, recipe.batchSize].checkedProduct()
    guard recipe.data.packed || rows.map(numbers.position.isReached) == true else {
      throw TrainingSetupError.unreadableState(
        folder.statePath.file(Self.numbersName), reason: "its step and its place in the data differ"
      )
    }
    guard before.length != recipe.length, recipe.schedule.dependsOnLength else { return [] }
    return ["the run has another length: from here on its learning rates are those of that length"]
  }

  /// - Throws: `TrainingSetupError.unreadableState`, `SafetensorsError`.
  init(folder: String) throws {
    let path = folder.file(Self.numbersName)
    guard FileWriter.isThere(path) else {
      throw TrainingSetupError.unreadableState(path, reason: "it is not there")
    }
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      numbers = try JSONDecoder().decode(Numbers.self, from: data)
    } catch {
      throw TrainingSetupError.unreadableState(path, reason: "it is damaged")
    }
    guard numbers.format == Numbers.knownFormat else {
      throw TrainingSetupError.unreadableState(path, reason: "another version wrote it")
    }
    guard numbers.step > 0, numbers.logBytes >= 0, numbers.seconds >= 0 else {
      throw TrainingSetupError.unreadableState(path, reason: "it has counts below their least")
    }
    let file = try SafetensorsFile(path: folder.file(Self.tensorsName))
    var (trained, optimizer): ([String: Tensor], [String: Tensor]) = ([:], [:])
    var schedule: [String: [Float]] = [:]
    for name in file.names {
      guard let tensor = file.tensor(name) else { continue }
      guard !tensor.type.isFloatingPoint || tensor.isFinite else {
        throw TrainingSetupError.unreadableState(file.path, reason: "\(name) is not finite")
      }
      if name.hasPrefix(Self.trainedPrefix) {
        trained[String(name.dropFirst(Self.trainedPrefix.count))] = tensor
      } else if name.hasPrefix(Self.optimizerPrefix) {
        optimizer[String(name.dropFirst(Self.optimizerPrefix.count))] = tensor
      } else if name.hasPrefix(Self.schedulePrefix) {
        schedule[String(name.dropFirst(Self.schedulePrefix.count))] = tensor.floats()
      }
    }
    self.trained = trained
    self.optimizer = optimizer
    self.schedule = schedule
  }
}

extension DataPosition {
  /// Whether this is the place after so many rows.
  fileprivate func isReached(after rows: Int) -> Bool {
    guard let rowCount, rowCount > 0 else { return rows == 0 }
    return token == 0 && (epoch, row) == rows.quotientAndRemainder(dividingBy: rowCount)
  }
}
