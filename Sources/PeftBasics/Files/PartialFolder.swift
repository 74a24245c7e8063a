import PeftPlatform

/// The hidden folder in which another one is made: `.NAME.partial-PROCESS-RANDOM`.
///
/// It is beside the one that it will replace; or inside, where what is beside is another file
/// system, as for a mounted folder, or not to be written to. It is locked while somebody works on
/// it, so that those which a killed process left behind can be told and removed.
package final class PartialFolder {
  package let path: String
  let folder: OpenFolder
  /// Whether it is beside the one that it will replace.
  let isBeside: Bool

  /// - Parameter inside: Whether it has to be inside, of a folder that is there.
  /// - Throws: `FileWriteError` where nothing can be made there.
  init(for place: WritePlace, inside: Bool = false) throws(FileWriteError) {
    if let made = try inside && place.mode != nil ? nil : Self.beside(place) {
      (path, folder) = made
      isBeside = true
    } else {
      (path, folder) = try Self.inside(place)
      isBeside = false
    }
  }

  private typealias Made = (path: String, folder: OpenFolder)

  /// - Returns: Nil where it has to be inside.
  private static func beside(_ place: WritePlace) throws(FileWriteError) -> Made? {
    let prefix = prefix(for: place)
    removeStale(in: place.folder)
    do throws(OpenFolder.Refusal) {
      guard place.mode != nil else { return try make(prefix, in: place.folder, mode: 0o777) }
      // Private until it has the permissions of what it replaces.
      return try make(prefix, in: place.folder, mode: 0o700, movableTo: place.target)
    } catch {
      guard place.mode == nil else { return nil }
      throw place.failure(error.code)
    }
  }

  private static func inside(_ place: WritePlace) throws(FileWriteError) -> Made {
    let prefix = prefix(for: place)
    removeStale(in: place.target)
    do throws(OpenFolder.Refusal) {
      return try make(prefix, in: place.target, mode: 0o700)
    } catch {
      throw place.failure(error.code, in: place.target)
    }
  }

  /// What the names of all partial folders for a place begin with.
  static func prefix(for place: WritePlace) -> String {
    // Names have at most 255 bytes.
    let name = Paths.split(place.target).name.unicodeScalars.prefix(50)
    return ".\(String(name))\(mark)"
  }

  /// What the names of all partial folders have before process and random number.
  private static let mark = ".partial-"

  /// Whether a name is one of a partial folder, of whatever place.
  static func isPartial(_ name: String) -> Bool { process(in: name) != nil }

  /// The process that the name of a partial folder gives; nil for other names.
  private static func process(in name: String) -> pid_t? {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    guard name.hasPrefix("."), parts.count > 2, UInt32(parts[parts.count - 1]) != nil,
      parts.dropLast(2).joined(separator: "-").hasSuffix(mark.dropLast())
    else { return nil }
    return pid_t(parts[parts.count - 2])
  }

  /// Removes the folder, if it is still there: under another name it is safe.
  func release() { OpenFolder.remove(path) }

  /// - Parameter target: A folder to which it must be possible to move what is made.
  private static func make(
    _ prefix: String, in parent: String, mode: mode_t, movableTo target: String? = nil
  ) throws(OpenFolder.Refusal) -> Made {
    while true {
      let name = "\(prefix)\(getpid())-\(UInt32.random(in: .min ... .max))"
      let path = "\(parent)/\(name)"
      guard mkdir(path, mode) == 0 else {
        if errno == EEXIST { continue }
        throw OpenFolder.Refusal()
      }
      let folder: OpenFolder
      do throws(OpenFolder.Refusal) {
        folder = try OpenFolder(path)
        if let target { try probe(from: path, to: "\(target)/\(name)") }
      } catch {
        rmdir(path)
        // Another process has removed it, taking it for one that is left behind.
        if error.code == ENOENT, Paths.kind(of: parent) == .folder { continue }
        throw error
      }
      // A process that removes what is left behind may have seen it before it was locked.
      if folder.lock() != .held, folder.isAt(path) { return (path, folder) }
    }
  }

  /// Moves an empty folder, which other file systems and permissions refuse, before anything is
  /// written.
  private static func probe(
    from path: String, to target: String
  ) throws(OpenFolder.Refusal) {
    let probe = "\(path)/probe"
    guard mkdir(probe, 0o777) == 0 else { throw OpenFolder.Refusal() }
    guard rename(probe, target) == 0 else {
      let refusal = OpenFolder.Refusal()
      rmdir(probe)
      throw refusal
    }
    rmdir(target)
  }

  /// Removes the partial folders of processes that are no more, whatever they were to become.
  static func removeStale(in parent: String) {
    guard let parentFolder = try? OpenFolder(parent),
      let names = try? parentFolder.names().map(\.text)
    else { return }
    for name in names {
      guard let process = process(in: name) else { continue }
      let path = "\(parent)/\(name)"
      guard let folder = try? OpenFolder(path) else { continue }
      switch folder.lock() {
      case .taken: OpenFolder.remove(path)
      case .held: break
      case .impossible:
        // Of a process on another machine, or in another container, nothing is known.
        if kill(process, 0) != 0, errno == ESRCH { OpenFolder.remove(path) }
      }
    }
  }
}
