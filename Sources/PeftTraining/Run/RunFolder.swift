import PeftAdapters
import PeftBasics
import PeftCheckpoints

/// The folder of a run: recipe, log, adapters, state. One run at a time works in it.
package final class RunFolder {
  let path: String
  private let lock: FolderLock
  private let isMade: Bool
  /// Whether a run has worked there before, which has not saved its state.
  private let isUnsaved: Bool

  var recipePath: String { path.file(TrainingRecipe.fileName) }
  var logPath: String { path.file(Self.logName) }
  var chartPath: String { path.file("loss.svg") }
  /// The adapter as it was saved last.
  var lastPath: String { path.file("last") }
  /// The adapter that did best on the evaluation data.
  var bestPath: String { path.file("best") }
  var statePath: String { path.file(Self.stateName) }

  private static let logName = "log.jsonl"
  private static let stateName = "state"

  /// A folder for a new run.
  /// - Throws: `FileWriteError`, or `TrainingSetupError` where it holds a run, or another one is at work.
  init(new path: String) throws {
    self.path = path
    isMade = !FileWriter.isThere(path)
    if isMade { try Self.make(path) }
    isUnsaved = !isMade && FolderLock.isThere(path)
    if !isUnsaved {
      // Before anything is made there: it is somebody else's.
      for name in [TrainingRecipe.fileName, Self.logName]
      where FileWriter.isThere(path.file(name)) {
        throw FileWriter.isThere(path.file(Self.stateName))
          ? TrainingSetupError.holdsRun(path) : .holdsOtherFile(path, name: name)
      }
    }
    lock = try Self.lock(path)
    if FileWriter.isThere(statePath) { throw TrainingSetupError.holdsRun(path) }
    do { try FolderWriter.check(lastPath, replacing: isUnsaved) } catch {
      if !isUnsaved { lock.remove() }
      throw error
    }
  }

  /// Removes what a run left behind that ended before it saved its state.
  func clear() {
    guard isUnsaved else { return }
    for file in [recipePath, logPath, chartPath, lastPath, bestPath] + eventPaths {
      OpenFolder.remove(file)
    }
  }

  /// Files for TensorBoard.
  private var eventPaths: [String] {
    let names = (try? OpenFolder(path, followingLinks: true).names().map(\.text)) ?? []
    return names.filter { $0.hasPrefix(RunEvents.prefix) }.map(path.file)
  }

  /// The folder of a run that was stopped.
  init(resuming path: String) throws {
    self.path = path
    (isMade, isUnsaved) = (false, false)
    guard FileWriter.isThere(path.file(Self.stateName)) else {
      throw TrainingSetupError.noRun(path)
    }
    lock = try Self.lock(path)
  }

  /// Makes a folder, and those that it is in.
  private static func make(_ path: String) throws {
    Paths.makeFolder(path)
    // What is wrong, in words.
    if !FileWriter.isThere(path) { try FolderWriter.write(to: path) { _ in } }
  }

  /// Removes the folder of a run that does not begin, if it was made for it; else what the run wrote.
  func discard(written files: [String] = []) {
    for file in isMade ? [path] : files { OpenFolder.remove(file) }
    if !isMade, !isUnsaved { lock.remove() }
  }

  private static func lock(_ path: String) throws -> FolderLock {
    guard let lock = try FolderLock(path) else { throw TrainingSetupError.inUse(path) }
    return lock
  }
}
