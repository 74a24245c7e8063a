/// A file or a folder that could not be written.
public struct FileWriteError: Diagnosis, Hashable {
  public enum Reason: Hashable, Sendable {
    case badName
    case noFolder(String)
    case isFolder
    case isFile
    case brokenLink
    case notRegular
    case noPermission(folder: String)
    case noSpace
    case isRead
    case notEmpty
    /// The folder was free before the work and is not any more.
    case writtenMeanwhile
    case failed(String)
  }

  public let reason: Reason
  public let path: String

  package init(_ reason: Reason, path: String) {
    self.reason = reason
    self.path = path
  }

  public var place: DiagnosisPlace? { .file(path) }

  public var words: (problem: String, fix: String?) {
    switch reason {
    case .badName: ("this cannot be a file's name", "choose another name")
    case .noFolder(let folder):
      (
        "there is no folder '\(folder)'",
        "make it, for example with 'mkdir -p', or choose another"
      )
    case .isFolder: ("this is a folder", "name a file inside it")
    case .isFile: ("this is a file", "name a folder")
    case .brokenLink:
      (
        "this is a link to something that is not there",
        "make the folder it leads to, or remove it"
      )
    case .notRegular: ("this is a device, a pipe or a socket", "choose another name")
    case .noPermission(let folder):
      ("no permission to write in '\(folder)'", "allow it, or choose another folder")
    case .noSpace: ("the disk is full", "make room, or choose another disk")
    case .isRead: ("this is read, and would be replaced", "choose another name")
    case .notEmpty:
      (
        "the folder is there and not empty",
        "choose a new one, or allow it to be replaced: --force"
      )
    case .writtenMeanwhile:
      (
        "another process has written this folder in the meantime",
        "choose another folder, or allow it to be replaced: --force"
      )
    case .failed(let reason): ("it cannot be written: \(reason)", "choose another place")
    }
  }
}
