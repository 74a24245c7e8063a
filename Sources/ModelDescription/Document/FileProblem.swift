package import PeftBasics

/// What can be wrong with a file before a word of it is understood.
package enum FileProblem: Diagnosis, Equatable {
  case unreadable(FileReadError.Reason)
  case otherEncoding(name: String)
  case binary
  case invalidUTF8

  package var words: (problem: String, fix: String?) { (message, remedy) }

  private var message: String {
    switch self {
    case .unreadable(.notRegular(let kind)): "this is \(kind), not a file"
    case .unreadable(let reason): reason.problem
    case .otherEncoding(let name): "the file is written in \(name); UTF-8 is expected"
    case .binary: "this is a binary file; a text is expected"
    case .invalidUTF8: "these bytes are not UTF-8 text"
    }
  }

  private var remedy: String? {
    switch self {
    case .unreadable(.isFolder): "name a YAML or JSON file inside it"
    case .unreadable(.notRegular): "save the text in a file, and name that"
    case .unreadable(.tooLarge): "a description is short: check that this is the right file"
    case .unreadable(.unreadable): "check the disk, or copy the file elsewhere and read that"
    case .unreadable(let reason): reason.fix
    case .otherEncoding: "save it as UTF-8, for example with 'iconv -t UTF-8'"
    case .binary: "check that this is the right file; weights do not belong here"
    case .invalidUTF8: "save the file as UTF-8"
    }
  }
}
