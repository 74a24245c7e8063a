public import ModelGraph
public import PeftBasics

/// An adapter that cannot be made, or that does not fit the graph it is put into.
public enum AdapterError: Diagnosis, Hashable {
  case badName(String)
  case nameOfModule(String)
  case noWeight(Graph.Module)
  case largeWeight(String, [Int])
  case wrongShape(site: String, found: [Int], needed: [Int])
  case badDropout(Double, site: String)
  case badLossWeight(Double, site: String)
  case strayTensor(String, site: String)
  case ambiguousTensor(String, site: String)
  case unknownModule(String)
  case otherModule(String)
  case unusedWeight(String)
  case noBranch(String)
  case nameTaken(String)
  case parameterTaken(String)
  case noBias(String)
  case tooLarge(entries: Int, model: Int)
  case noBiasToMerge(String)
  case copiedTwice(String, by: Parameter.Role)
  case otherLayers(found: [Range<Int>]?, needed: [Range<Int>]?)
  case noReplication(tuner: String)
  case replicatedModule(String)
  case replicatedBias(String)
  case startsFromData(String)

  public var words: (problem: String, fix: String?) {
    switch self {
    case .badName(let name):
      (
        "'\(name.shown)' cannot be the name of an adapter",
        "choose one of up to 200 letters, without dots and slashes"
      )
    case .nameOfModule(let name):
      (
        "an adapter cannot be called '\(name)', as a module of the model is",
        "choose another name: PEFT would save nothing of the model's other adapters"
      )
    case .noWeight(let module):
      (
        "\(module.path) is \(module.kind), but has no weight of the shape this should have",
        "leave it out of target_modules"
      )
    case .largeWeight(let path, let sizes):
      (
        "the weight of \(path) is \(sizes): tuners are for sizes up to \(Site.largestSize)",
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
    case .badLossWeight(let weight, let site):
      (
        "a term of the loss at \(site) is multiplied by \(weight)",
        "return a finite weight from the tuner's lossTerms(at:)"
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
    case .tooLarge(let entries, let model):
      (
        "the adapter would have \(entries) parameters, for a model of \(model)",
        "choose a smaller rank, or check the configuration's r"
      )
    case .noBias(let path):
      ("'\(path)' cannot have a bias", "leave it out of target_modules, or train no bias with it")
    case .noBiasToMerge(let path):
      (
        "'\(path)' has no bias that the adapter's could be added to",
        "use the adapter without merging it"
      )
    case .copiedTwice(let name, let role):
      (
        "\(name.shown) is trained by another adapter as well\(role.adapterName.map { ", '\($0)'" } ?? "")",
        "use one of them at a time: their copies cannot be added up"
      )
    case .otherLayers(let found, let needed):
      (
        "the adapter is for layer_replication \(needed.configurationValue), but the model has "
          + "adapters already, for \(found.configurationValue)",
        "use only adapters of the same layer_replication together"
      )
    case .noReplication(let tuner):
      (
        "\(tuner) has no layer_replication",
        "call replicatingLayers(_:) of the graph, and adapt what it returns"
      )
    case .replicatedModule(let path):
      (
        "'\(path)' cannot be trained in full where layer_replication lets layers share parameters",
        "leave it out of modules_to_save, or layer_replication"
      )
    case .startsFromData(let name):
      (
        "\(name.shown) starts from data, which only PEFT takes it from",
        "choose another start, or give an adapter that PEFT has started"
      )
    case .replicatedBias(let name):
      (
        "the bias '\(name)' cannot be trained where layer_replication lets layers share it",
        "set bias to none, or leave out layer_replication"
      )
    }
  }
}
