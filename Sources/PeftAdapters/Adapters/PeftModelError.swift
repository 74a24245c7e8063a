import ModelGraph
public import PeftBasics

/// Something that a model with adapters cannot do.
public enum PeftModelError: Diagnosis, Hashable {
  case nameTaken(String)
  case unknownAdapter(String, known: [String])
  case isMerged(String)
  case otherKey(Int, adapter: String, known: Int, in: String, field: String?)
  case rowCount(names: Int, rows: Int)
  case rowsMixed(output: String)
  case mergedRows

  public var words: (problem: String, fix: String?) {
    switch self {
    case .nameTaken(let name):
      ("there is an adapter called '\(name)' already", "choose another name, or delete it first")
    case .unknownAdapter(let name, let known):
      (
        "no adapter is called '\(name.shown)'",
        known.isEmpty
          ? "add one first"
          : Spelling.nearest(to: name, among: known).map { "did you mean '\($0)'?" }
            ?? "choose one of \(known.joined(separator: ", "))"
      )
    case .isMerged(let name):
      ("the adapter '\(name)' is merged", "unmerge it first")
    case .otherKey(let key, let adapter, let known, let other, let field):
      (
        "the bases of '\(adapter)' come from key \(key), those of '\(other)' from \(known)",
        "give both one \(field ?? "key"), or use them in models of their own: PEFT loads no such pair"
      )
    case .rowCount(let names, let rows):
      (
        "there \(names == 1 ? "is" : "are") \(names.counted("adapter name")) for "
          + rows.counted("row"), "give one name for each row"
      )
    case .rowsMixed(let output):
      (
        "the output '\(output)' has no row for each row of the inputs",
        "run the adapters one after the other, or leave this output out"
      )
    case .mergedRows:
      ("rows cannot have adapters of their own while one is merged", "unmerge it first")
    }
  }
}

extension AdapterWeights {
  /// PEFT lets all adapters of a model share one pair of bases, and so one key.
  func checkKeys(agreeWith other: AdapterWeights) throws(PeftModelError) {
    guard adapter.tunerName == other.adapter.tunerName,
      let (key, known) = keys(differingFrom: other)
    else { return }
    throw .otherKey(
      key, adapter: name, known: known, in: other.name,
      field: adapter.configuration.basisSettings.key)
  }

  private func keys(differingFrom other: AdapterWeights) -> (Int, Int)? {
    for tensor in adapter.sharedTensors {
      guard case .basis(let basis) = tensor.initial,
        let twin = other.adapter.sharedTensors.first(where: { $0.name == tensor.name }),
        case .basis(let known) = twin.initial, known.key != basis.key
      else { continue }
      return (basis.key, known.key)
    }
    return nil
  }
}
