import Peft
import PeftTestSupport

extension ContractCase {
  /// The names of the trained tensors in the adapted graph.
  var trainedNames: [String] {
    adapter.tensors.filter(\.isTrained).map { $0.parameterName(adapter: adapter.name) }
  }

  /// The adapter as if it had been trained: what is trained is small random numbers beside its first
  /// ones.
  func trained(on base: Model) throws -> AdapterWeights {
    let fresh = try AdapterWeights(adapter, on: base)
    var tensors = fresh.tensors
    for name in trainedNames {
      guard let tensor = tensors[name] else { continue }
      let noise = Numbers.pseudorandom("trained \(name)", shape: tensor.shape).values
      let sum = zip(tensor.floats(), noise).map { $0 + Float($1) / 4 }
      tensors[name] = Tensor(sum, shape: tensor.shape)
    }
    return AdapterWeights(adapter, tensors: tensors, generation: fresh.generation)
  }
}

extension ContractModel {
  /// The model with random numbers in it.
  func filled() throws -> Model {
    var parameters: [Parameter.ID: Tensor] = [:]
    for parameter in graph.parameters {
      guard let id = graph.parameter(named: parameter.name) else { continue }
      let numbers = Numbers.pseudorandom(parameter.name, shape: parameter.shape)
      parameters[id] = Tensor(numbers.values.map { Float($0) }, shape: parameter.shape)
    }
    return Model(graph, parameters: parameters, threads: 1)
  }

  var inputs: [String: Tensor] {
    var inputs: [String: Tensor] = [:]
    for input in graph.inputs {
      let type = graph[input.value].type
      let shape = type.shape.dimensions.map { $0.size ?? 3 }
      let count = shape.reduce(1, *)
      inputs[input.name] =
        type.element.isFloatingPoint
        ? Tensor(
          Numbers.pseudorandom(input.name, shape: shape).values.map { Float($0) }, shape: shape)
        : Tensor((0..<count).map { $0 % 5 }, shape: shape)
    }
    return inputs
  }

  func answer(_ model: Model) throws -> [String: [Float]] {
    try model(inputs).mapValues { $0.floats() }
  }

  func answer(_ model: PeftModel) throws -> [String: [Float]] {
    try model(inputs).mapValues { $0.floats() }
  }

  func distance(_ a: Model, _ b: Model) throws -> Double {
    distance(try answer(a), try answer(b))
  }

  /// The largest difference, over the larger of 1 and the largest entry; infinite or NaN where
  /// something is.
  func distance(_ a: [String: [Float]], _ b: [String: [Float]]) -> Double {
    a.map { name, entries in
      guard let others = b[name], others.count == entries.count else { return .infinity }
      let difference = largest(zip(entries, others).map { Double(abs($0 - $1)) })
      return difference / max(1, largest(others.map { Double(abs($0)) }))
    }.max() ?? .infinity
  }
}
