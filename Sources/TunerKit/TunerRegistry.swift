import OrderedCollections
public import PeftBasics

/// The tuners that can be named in a file or on a command line. A value, to be passed along.
public struct TunerRegistry: Sendable {
  private var tuners: OrderedDictionary<String, any Tuner.Type> = [:]

  public init() {}

  /// The registered names, as in files, in the order of registration.
  public var names: [String] { Array(tuners.keys) }

  /// All registered tuners, in the order of registration.
  public var all: [any Tuner.Type] { Array(tuners.values) }

  /// Adds a tuner.
  /// - Throws: `TunerRegistryError.duplicate` where its name is taken; case does not matter.
  public mutating func register(_ tuner: (some Tuner).Type) throws(TunerRegistryError) {
    let name = tuner.name.uppercased()
    guard tuners[name] == nil else { throw .duplicate(name) }
    tuners[name] = tuner
  }

  /// The tuner of that name; case does not matter.
  /// - Throws: `TunerRegistryError.unknown`, with the names that are known.
  public func tuner(named name: String) throws(TunerRegistryError) -> any Tuner.Type {
    guard let tuner = tuners[name.uppercased()] else { throw .unknown(name, known: names) }
    return tuner
  }
}

/// A name of a tuner that is taken, or not known.
public enum TunerRegistryError: Diagnosis, Hashable {
  case duplicate(String)
  case unknown(String, known: [String])

  public var words: (problem: String, fix: String?) {
    switch self {
    case .duplicate(let name):
      ("a tuner called '\(name)' is registered already", "give the new one another name")
    case .unknown(let name, let known) where PeftMethods.contains(name):
      (
        "PEFT's method \(name) is not supported",
        "choose one of \(Self.list(known)); an adapter that was trained with it can be merged by PEFT"
      )
    case .unknown(let name, let known):
      (
        "no tuner is called '\(name)'",
        Spelling.nearest(to: name, among: known.map { $0.lowercased() })
          .map { "did you mean '\($0)'?" }
          ?? "choose one of \(Self.list(known))"
      )
    }
  }

  private static func list(_ names: [String]) -> String {
    names.map { $0.lowercased() }.joined(separator: ", ")
  }
}
