public import ModelGraph

/// An adapter that cannot be made, or that does not fit the graph it is put into.
public enum AdapterError: Error, Hashable, Sendable, CustomStringConvertible {
  case badName(String)
  case noWeight(Module)
  case wrongShape(site: String, found: [Int], needed: [Int])
  case badDropout(Double, site: String)
  case strayTensor(String, site: String)
  case ambiguousTensor(String, site: String)
  case unknownModule(String)
  case otherModule(String)
  case unusedWeight(String)
  case noBranch(String)
  case nameTaken(String)
  case parameterTaken(String)

  public var description: String { "\(words.problem)\n  fix: \(words.fix)" }

  private var words: (problem: String, fix: String) {
    switch self {
    case .badName(let name):
      ("'\(name)' cannot be the name of an adapter", "choose a name without dots")
    case .noWeight(let module):
      (
        "\(module.path) is \(module.kind), but has no weight of the shape this should have",
        "leave it out of target_modules"
      )
    case .wrongShape(let site, let found, let needed):
      (
        "the tuner's update of \(site) has shape \(found), but the weight is \(needed)",
        "correct the tuner's update(of:)"
      )
    case .badDropout(let rate, let site):
      (
        "the tuner's dropout at \(site) is \(rate)",
        "return a rate from 0 up to but not including 1"
      )
    case .strayTensor(let tensor, let site):
      (
        "the update of \(site) uses the tensor '\(tensor)' of another module, or one without name",
        "make a site's tensors with site.trained(…), shared ones with .frozen(…)"
      )
    case .ambiguousTensor(let tensor, let site):
      (
        "two different tensors are called '\(tensor)' at \(site)",
        "give a tensor the same shape and initial value wherever it is used, or another name"
      )
    case .unknownModule(let path):
      ("the model has no module '\(path)'", "apply the adapter to the model it was made for")
    case .otherModule(let path):
      (
        "the weight of '\(path)' has another shape or kind than the adapter was made for",
        "apply the adapter to the model it was made for"
      )
    case .unusedWeight(let path):
      ("nothing reads the weight of '\(path)'", "leave it out of target_modules")
    case .noBranch(let path):
      (
        "the input of '\(path)' cannot be dropped out",
        "set the dropout to 0, or leave the module out of target_modules"
      )
    case .nameTaken(let name):
      ("the model already has an adapter called '\(name)'", "give this one another name")
    case .parameterTaken(let name):
      ("the model has a parameter '\(name)' of its own", "give the adapter another name")
    }
  }
}
