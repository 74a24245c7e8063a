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
    var isFinished = false
    /// Why its run failed.
    var failure: String?
    /// Bytes that a step takes beside the model's own weights.
    var plannedBytes: Int?
    var timedSteps = 0
    var timedSeconds = 0.0

    var isDone: Bool { isFinished || failure != nil }
  }

  var format = 1
  var contestants: [Entry]
}

extension BakeoffRecord {
  fileprivate var json: JSONValue {
    ["format": .integer(format), "contestants": .list(contestants.map(\.json))]
  }

  /// - Throws: `JSONValue.WrongMember`.
  fileprivate init(_ json: JSONValue) throws {
    self.init(
      format: try json.required("format", \.integer),
      contestants: try json.required("contestants", \.elements).map(Entry.init))
  }
}

extension BakeoffRecord.Entry {
  /// Without what is not known.
  fileprivate var json: JSONValue {
    var members: OrderedDictionary<String, JSONValue> = [
      "name": .text(name), "recipe": .text(recipe), "isFinished": .bool(isFinished),
      "timedSteps": .integer(timedSteps), "timedSeconds": .number(timedSeconds),
    ]
    if let failure { members["failure"] = .text(failure) }
    if let plannedBytes { members["plannedBytes"] = .integer(plannedBytes) }
    return .map(members)
  }

  fileprivate init(_ json: JSONValue) throws {
    self.init(
      name: try json.required("name", \.string), recipe: try json.required("recipe", \.string),
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
    guard record.format == 1 else { throw BakeoffError.unreadable(recordPath) }
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

  /// Removes the folder of a contestant that was killed before its first save.
  func clear(_ contestant: BakeoffContestant) {
    let path = contestant.recipe.output
    guard FileWriter.isThere(path.file(TrainingRecipe.fileName)) else { return }
    OpenFolder.remove(path)
  }
}
