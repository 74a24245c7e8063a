import CPUCore
import ModelGraph
import OrderedCollections
import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftReports
import PeftTensors
import TunerKit

/// All that a run needs to be resumed as if it had never stopped.
package struct RunState {
  /// What is written as JSON.
  package struct Numbers: Hashable {
    var step = 0
    var position = DataPosition.start
    var logBytes = 0
    /// The file for TensorBoard, where there is one.
    var events: RunEvents.Place?
    var evaluations = EvaluationProgress()
    var seconds = 0.0
    /// What the steps were computed with; nil where it is not known.
    var kernels: String? = Processor.kernels
    /// What the fields mean; others are not read.
    var format = Self.knownFormat

    static let knownFormat = 1
  }

  var numbers: Numbers
  let trained: [String: Tensor]
  let optimizer: [String: Tensor]
  /// The state of the tuner's schedule.
  let schedule: [String: [Float]]

  private static let numbersName = "training_state.json"
  private static let tensorsName = "training_state.safetensors"
  private static let trainedPrefix = "trained."
  private static let optimizerPrefix = "optimizer."
  private static let schedulePrefix = "schedule."

  /// Writes the state as one step, with the recipe of its run.
  func write(to folder: String, recipe: TrainingRecipe) throws {
    var tensors: [String: Tensor] = [:]
    for (name, tensor) in trained { tensors[Self.trainedPrefix + name] = tensor }
    for (name, tensor) in optimizer { tensors[Self.optimizerPrefix + name] = tensor }
    for (name, memory) in schedule {
      tensors[Self.schedulePrefix + name] = Tensor(memory, shape: [memory.count])
    }
    try FolderWriter.write(to: folder) { new in
      try new.add(Self.numbersName, numbers.json.text(.report) + "\n")
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

  /// Makes sure that the run is resumed as it was begun.
  /// - Returns: What the user should know about a run that has become longer or shorter.
  /// - Throws: `TrainingSetupError` where the recipe has changed in what its steps depend on, or where
  ///   the state's place in the data is not the one after its steps; `DescriptionErrors`.
  func notes(
    on recipe: TrainingRecipe, at folder: RunFolder, catalog: TrainingCatalog
  ) throws -> [String] {
    let saved = folder.statePath.file(TrainingRecipe.fileName)
    guard FileWriter.isThere(saved) else {
      throw TrainingSetupError.unreadableState(folder.statePath, reason: "it has no recipe")
    }
    let before = try TrainingRecipe(path: saved, catalog: catalog)
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
    var notes: [String] = []
    if before.length != recipe.length, recipe.schedule.dependsOnLength {
      notes.append(
        "the run has another length: from here on the learning rate follows its schedule")
    }
    if let kernels = numbers.kernels, kernels != Processor.kernels {
      notes.append(
        "the run was computed with other kernels (\(kernels)) than this processor has "
          + "(\(Processor.kernels)): from here on its last bits differ")
    }
    return notes
  }

  /// - Throws: `TrainingSetupError.unreadableState`, `SafetensorsError`.
  init(folder: String) throws {
    let path = folder.file(Self.numbersName)
    guard FileWriter.isThere(path) else {
      throw TrainingSetupError.unreadableState(path, reason: "it is not there")
    }
    do { numbers = try Numbers(JSONValue(path: path)) } catch {
      throw TrainingSetupError.unreadableState(path, reason: "it is damaged")
    }
    guard numbers.format == Numbers.knownFormat else {
      throw TrainingSetupError.unreadableState(path, reason: "another version wrote it")
    }
    guard numbers.step > 0, numbers.logBytes >= 0, numbers.seconds >= 0,
      numbers.events?.isPossible != false, numbers.evaluations.isPossible
    else {
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

extension RunState.Numbers {
  fileprivate var json: JSONValue {
    var members: OrderedDictionary<String, JSONValue> = [
      "step": .integer(step), "position": position.json, "logBytes": .integer(logBytes),
      "seconds": .number(seconds), "format": .integer(format),
    ]
    if let kernels { members["kernels"] = .text(kernels) }
    members.merge(evaluations.json) { $1 }
    if let events {
      members["events"] = ["name": .text(events.name), "bytes": .integer(events.byteCount)]
    }
    return .map(members)
  }

  /// - Throws: `JSONValue.WrongMember`.
  fileprivate init(_ json: JSONValue) throws {
    self.init(
      step: try json.required("step", \.integer),
      position: try DataPosition(json["position"] ?? .null),
      logBytes: try json.required("logBytes", \.integer),
      events: try json["events"].map { events in
        RunEvents.Place(
          name: try events.required("name", \.string),
          byteCount: try events.required("bytes", \.integer))
      },
      evaluations: try EvaluationProgress(json),
      seconds: try json.required("seconds", \.double),
      kernels: try json.optional("kernels", \.string),
      format: try json.required("format", \.integer))
  }
}

extension DataPosition {
  fileprivate var json: JSONValue {
    var members: OrderedDictionary<String, JSONValue> = [
      "epoch": .integer(epoch), "row": .integer(row), "token": .integer(token),
    ]
    if let rowCount { members["rowCount"] = .integer(rowCount) }
    if leftOut > 0 { members["leftOut"] = .integer(leftOut) }
    return .map(members)
  }

  fileprivate init(_ json: JSONValue) throws {
    self.init(
      epoch: try json.required("epoch", \.integer), row: try json.required("row", \.integer),
      token: try json.required("token", \.integer),
      rowCount: try json.optional("rowCount", \.integer),
      leftOut: try json.optional("leftOut", \.integer) ?? 0)
  }

  /// Whether this is the place after so many rows.
  fileprivate func isReached(after rows: Int) -> Bool {
    guard let rowCount, rowCount > 0 else { return rows == 0 }
    let (passed, overflow) = rows.addingReportingOverflow(leftOut)
    return token == 0 && leftOut >= 0 && !overflow
      && (epoch, row) == passed.quotientAndRemainder(dividingBy: rowCount)
  }
}
