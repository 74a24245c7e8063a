import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftReports

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How far a bake-off is, as its folder keeps it: who takes part, and what only a run itself knows.
struct BakeoffRecord: Codable, Hashable {
  struct Entry: Codable, Hashable {
    let name: String
    /// The contestant's recipe as YAML.
    let recipe: String
    var isFinished = false
    /// Why its run came to nothing.
    var failure: String?
    /// Bytes that a step takes beside the model's own numbers.
    var plannedBytes: Int?
    var timedSteps = 0
    var timedSeconds = 0.0

    var isDone: Bool { isFinished || failure != nil }
  }

  var format = 1
  var contestants: [Entry]
}

/// The folder of a bake-off: a record, a picture, and a folder for each contestant.
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
      try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
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
    let data = try Data(contentsOf: URL(fileURLWithPath: recordPath))
    guard let record = try? JSONDecoder().decode(BakeoffRecord.self, from: data),
      record.format == 1
    else { throw BakeoffError.unreadable(recordPath) }
    return record
  }

  func write(_ record: BakeoffRecord) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try FileWriter.write(
      String(decoding: try encoder.encode(record), as: UTF8.self) + "\n", to: recordPath)
  }

  /// Removes the folder of a bake-off of which nothing was begun, if it was made for it.
  func discardUnlessBegun() {
    guard isMade, !FileWriter.isThere(recordPath) else { return }
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Removes what a contestant left that was killed before anything of it was saved.
  func clear(_ contestant: BakeoffContestant) throws {
    let path = contestant.recipe.output
    guard FileWriter.isThere(path.file(TrainingRecipe.fileName)) else { return }
    try FileManager.default.removeItem(atPath: path)
  }
}
