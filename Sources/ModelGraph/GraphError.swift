import PeftBasics

/// A graph that breaks a rule, and where.
package enum GraphError: Diagnosis, Hashable {
  case duplicateParameter(String)
  case unknownParameter(String)
  case tooManyParameters(limit: Int)
  case negativeSize(parameter: String, shape: [Int])
  case undefinedValue(node: Int, operation: String)
  case usedBeforeComputed(node: Int, operation: String)
  case shapes(node: Int, ShapeError)
  case typeChanged(node: Int, operation: String, recorded: ValueType, computed: ValueType)
  case resultCount(node: Int, operation: String, expected: Int, found: Int)
  case undefinedOutput(String)
  case duplicateName(String)
  case unknownModule(String, operation: String)

  package var words: (problem: String, fix: String?) {
    switch self {
    case .duplicateParameter(let name):
      ("two parameters are called '\(name)'", "give each its own name")
    case .unknownParameter(let name): ("no module has a parameter '\(name)'", nil)
    case .tooManyParameters(let limit):
      ("the model has more than \(limit) parameter entries", "choose smaller sizes")
    case .negativeSize(let name, let shape):
      ("parameter '\(name)' has the shape \(shape)", "give it sizes of at least 0")
    case .undefinedValue(let node, let operation):
      ("node \(node) (\(operation)) reads or makes a value that is not in the graph", nil)
    case .usedBeforeComputed(let node, let operation):
      ("node \(node) (\(operation)) reads a value that a later node computes", nil)
    case .shapes(let node, let error): ("node \(node): \(error.problem)", error.fix)
    case .typeChanged(let node, let operation, let recorded, let computed):
      ("node \(node) (\(operation)) is recorded as \(recorded), but computes \(computed)", nil)
    case .resultCount(let node, let operation, let expected, let found):
      ("node \(node) (\(operation)) makes \(expected) values, but \(found) stand for them", nil)
    case .undefinedOutput(let name): ("output '\(name)' is not a value of the graph", nil)
    case .duplicateName(let name): ("two inputs or outputs are called '\(name)'", nil)
    case .unknownModule(let path, let operation):
      ("a node (\(operation)) belongs to module '\(path)', which is not in the tree", nil)
    }
  }
}
