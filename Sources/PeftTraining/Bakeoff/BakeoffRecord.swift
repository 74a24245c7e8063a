import OrderedCollections
import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftReports

/// How far a bake-off is, as its folder keeps it: who takes part, and what only a run itself knows.
struct BakeoffRecord: Hashable {
  struct Entry: Hashable {
    let name: String
    /// The contestant's recipe as YAML.
    let recipe: String
    /// By their names, those that were begun.
    var runs: OrderedDictionary<String, Run> = [:]
  }

  struct Run: Hashable {
    /// The best value of the metric so far, for each rung that was reached; nil where none was finite.
    var values: [Double?] = []
    /// The change of the loss on what the base knew, once that was measured.
    var forgetting: Double?
    var isFinished = false
    /// Why its run failed.
    var failure: String?
    /// Bytes that a step takes beside the model's own weights.
    var plannedBytes: Int?
    var timedSteps = 0
    var timedSeconds = 0.0

    /// - Parameter value: The best of the metric so far, after that rung's step.
    mutating func note(_ value: Double?, atRung rung: Int) {
      // What ended before a later rung is worth there what it came to.
      let reached = isFinished ? BakeoffSearch.rungs.count : rung + 1
      while values.count < reached { values.append(value) }
    }
  }

  var format = 2
  var search: BakeoffSearch
  /// Data that the base knew, for what is forgotten; nil where there are none.
  var retain: String?
  /// The loss of the base on them, once it was measured.
  var retainedLoss: Double?
  var contestants: [Entry]
}

extension BakeoffRecord {
  func order(of contestant: BakeoffContestant) -> BakeoffOrder {
    BakeoffOrder(
      rateCount: search.compares ? search.learningRates.count : 1, seedCount: search.seeds,
      isBetter: contestant.recipe.metric.isBetter)
  }

  /// The runs that say how good a contestant is: those of its best learning rate, for every seed.
  func finalRuns(of contestant: BakeoffContestant, _ entry: Entry) -> [BakeoffRun] {
    let best = order(of: contestant).best { entry.outcome($0, of: contestant, search) }
    return best.map { rate in
      (0..<search.seeds).map { contestant.run(rate: rate, seed: $0, of: search) }
    } ?? []
  }
}

extension BakeoffRecord.Entry {
  /// What is known of a run at a rung.
  func outcome(
    _ task: BakeoffOrder.Task, of contestant: BakeoffContestant, _ search: BakeoffSearch
  ) -> BakeoffOrder.Outcome {
    let name = contestant.run(rate: task.rate, seed: task.seed, of: search).name
    guard let run = runs[name] else { return .pending }
    if task.rung < run.values.count { return run.values[task.rung].map { .value($0) } ?? .unvalued }
    return run.failure == nil && !run.isFinished ? .pending : .failed
  }
}

extension BakeoffRecord {
  fileprivate var json: JSONValue {
    var members: OrderedDictionary<String, JSONValue> = [
      "format": .integer(format),
      "learningRates": .list(search.learningRates.map(JSONValue.number)),
      "seeds": .integer(search.seeds), "contestants": .list(contestants.map(\.json)),
    ]
    if let retain { members["retain"] = .text(retain) }
    if let retainedLoss { members["retainedLoss"] = .number(retainedLoss) }
    return .map(members)
  }

  /// - Throws: `JSONValue.WrongMember`.
  fileprivate init(_ json: JSONValue) throws {
    self.init(
      format: try json.required("format", \.integer),
      search: BakeoffSearch(
        learningRates: try json.required("learningRates", \.elements).compactMap(\.double),
        seeds: try json.required("seeds", \.integer)),
      retain: try json.optional("retain", \.string),
      retainedLoss: try json.optional("retainedLoss", \.double),
      contestants: try json.required("contestants", \.elements).map(Entry.init))
  }
}

extension BakeoffRecord.Entry {
  fileprivate var json: JSONValue {
    [
      "name": .text(name), "recipe": .text(recipe),
      "runs": .map(runs.mapValues(\.json)),
    ]
  }

  fileprivate init(_ json: JSONValue) throws {
    self.init(
      name: try json.required("name", \.string), recipe: try json.required("recipe", \.string),
      runs: try json.required("runs") { if case .map(let runs) = $0 { runs } else { nil } }
        .mapValues(BakeoffRecord.Run.init))
  }
}

extension BakeoffRecord.Run {
  /// Without what is not known.
  fileprivate var json: JSONValue {
    var members: OrderedDictionary<String, JSONValue> = [
      "values": .list(values.map { $0.map(JSONValue.number) ?? .null }),
      "isFinished": .bool(isFinished),
      "timedSteps": .integer(timedSteps), "timedSeconds": .number(timedSeconds),
    ]
    if let forgetting { members["forgetting"] = .number(forgetting) }
    if let failure { members["failure"] = .text(failure) }
    if let plannedBytes { members["plannedBytes"] = .integer(plannedBytes) }
    return .map(members)
  }

  fileprivate init(_ json: JSONValue) throws {
    self.init(
      values: try json.required("values", \.elements).map(\.double),
      forgetting: try json.optional("forgetting", \.double),
      isFinished: try json.required("isFinished", \.bool),
      failure: try json.optional("failure", \.string),
      plannedBytes: try json.optional("plannedBytes", \.integer),
      timedSteps: try json.required("timedSteps", \.integer),
      timedSeconds: try json.required("timedSeconds", \.double))
  }
}

/// The folder of a bake-off: a record, a chart, and a folder for each contestant.
final class BakeoffFolder {
  let path: String
  private let lock: FolderLock
  private let isMade: Bool

  static let recordName = "bakeoff.json"
  var recordPath: String { path.file(Self.recordName) }
  var chartPath: String { path.file("bakeoff.svg") }

  /// A folder for a new bake-off.
  /// - Throws: `FileWriteError`, or `BakeoffError` where it holds something else.
  init(new path: String) throws {
    self.path = path
    isMade = !FileWriter.isThere(path)
    if isMade {
      Paths.makeFolder(path)
      // What is wrong, in words.
      if !FileWriter.isThere(path) { try FolderWriter.write(to: path) { _ in } }
    }
    lock = try Self.lock(path)
    if FileWriter.isThere(path.file(Self.recordName)) { throw BakeoffError.holdsBakeoff(path) }
    for name in [TrainingRecipe.fileName, "state", "log.jsonl"]
    where FileWriter.isThere(path.file(name)) {
      throw BakeoffError.holdsRun(path)
    }
  }

  /// The folder of a bake-off that was begun.
  init(resuming path: String) throws {
    self.path = path
    isMade = false
    guard FileWriter.isThere(path.file(Self.recordName)) else {
      throw BakeoffError.noBakeoff(path)
    }
    lock = try Self.lock(path)
  }

  private static func lock(_ path: String) throws -> FolderLock {
    guard let lock = try FolderLock(path) else { throw BakeoffError.inUse(path) }
    return lock
  }

  func read() throws -> BakeoffRecord {
    let record: BakeoffRecord
    do { record = try BakeoffRecord(JSONValue(path: recordPath)) } catch let error {
      throw error is FileReadError ? error : BakeoffError.unreadable(recordPath)
    }
    guard record.format == 2 else { throw BakeoffError.unreadable(recordPath) }
    return record
  }

  func write(_ record: BakeoffRecord) throws {
    try FileWriter.write(record.json.text(.report) + "\n", to: recordPath)
  }

  /// Removes the folder of a bake-off of which nothing was begun, if it was made for it.
  func discardUnlessBegun() {
    guard isMade, !FileWriter.isThere(recordPath) else { return }
    OpenFolder.remove(path)
  }

  /// Removes the folder of a run that was killed before its first save.
  func clear(_ run: BakeoffRun) {
    let path = run.recipe.output
    guard FileWriter.isThere(path.file(TrainingRecipe.fileName)) else { return }
    OpenFolder.remove(path)
  }
}
