import ModelGraph
import PeftBasics

/// Why names and shapes do not make a model to count on.
enum OutlineProblem: Diagnosis, Equatable {
  // Whatever the source is
  case graph(GraphError)
  case longPath(String)
  case badName(String)
  case tooManyModules
  case noParameters
  case noDimensions
  // The text of print(model)
  case notPrinted
  case startsInside
  case endsInside(String)
  case closedTwice
  case secondModel
  case nameTwice(String)
  case badRange(String, count: String)
  case tooDeep
  case badSize(String, of: String)
  case noShape(String)
  case lazy(String)
  case adapted
  // The header of a safetensors file
  case quantised(tensor: String)

  var words: (problem: String, fix: String?) {
    let whole = "copy what print(model) printed, from its first line to the last ')'"
    return switch self {
    case .graph(let error): (error.problem, error.fix)
    case .longPath(let path):
      (
        "the name \(path.inQuotes(upTo: 40)) is longer than \(OutlineBuilder.longestPath) bytes, or has more than "
          + "\(OutlineBuilder.deepest) parts", "check that this is a model"
      )
    case .badName(let name):
      (
        "\(name.quoted) cannot be the name of a module or of a parameter",
        "write a name without control characters between two dots"
      )
    case .tooManyModules:
      (
        "the model has more than \(OutlineBuilder.mostModules.grouped) modules",
        "give it with fewer layers, or describe it in YAML"
      )
    case .noParameters:
      (
        "nothing here has a shape that could be counted",
        "give the text of print(model), a safetensors file, or a description"
      )
    case .noDimensions:
      (
        "this has names and shapes alone, and no dimension to set",
        "leave out --set, or give a description"
      )
    case .notPrinted:
      (
        "this is not what PyTorch's print(model) prints: no line such as 'LlamaForCausalLM(' begins it",
        whole
      )
    case .startsInside: ("the text begins inside a model", whole)
    case .endsInside(let name): ("the text ends inside this \(name.quoted)", whole)
    case .closedTwice: ("this ')' closes nothing", whole)
    case .secondModel: ("a second model begins here", "put each in a file of its own")
    case .nameTwice(let name):
      ("there are two modules \(name.quoted) in one", "copy what print(model) printed, once")
    case .badRange(let name, let count):
      ("\(name.quoted) is not a range of \(count.shown) modules", whole)
    case .tooDeep: ("modules are nested deeper than \(OutlineBuilder.deepest)", whole)
    case .badSize(let text, let name):
      (
        "\(text.quoted) is not a size of \(name.quoted)",
        "write whole numbers, as PyTorch prints them"
      )
    case .noShape(let name):
      (
        "this \(name.quoted) is printed without its sizes",
        "print the model with a newer release of transformers, or give its safetensors file"
      )
    case .lazy(let name):
      (
        "this \(name.quoted) has no sizes before its first input",
        "run the model once in PyTorch, then print it"
      )
    case .adapted:
      (
        "this is a model with an adapter of PEFT in it",
        "print the model before get_peft_model, or what model.unload() returns"
      )
    case .quantised(let tensor):
      (
        "\(tensor.quoted) holds whole numbers: the weights are quantised, and have other shapes than the model",
        "use the model in F32, F16 or BF16"
      )
    }
  }
}
