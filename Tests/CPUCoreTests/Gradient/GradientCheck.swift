import ModelGraph
import PeftTensors
import PeftTestSupport
import Testing

@testable import CPUCore

extension Example {
  /// Compares the gradients of a random weighting of all outputs with finite differences of the
  /// reference, which computes in double precision.
  ///
  /// - Parameter constants: Names of inputs and parameters that no gradient reaches.
  func checkGradients(
    except constants: Set<String> = [], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let weights = try outputWeights()
    let found = try gradients(of: weights, except: constants)
    for name in found.keys {
      let slopes = try slopes(of: name, weights: weights)
      let bound = 2e-5 * max(slopes.largest, 1e-3)
      found[name].expect(slopes, sourceLocation: sourceLocation) { _ in bound }
    }
  }

  /// The gradients of a random weighting of all outputs, by the names of inputs and parameters.
  func gradients() throws -> [String: Tensor] {
    try gradients(of: outputWeights(), except: [])
  }

  private func outputWeights() throws -> [String: Reals] {
    var random = RandomNumbers(seed: 99)
    return try expected().mapValues { random.reals($0.shape) }
  }

  private func gradients(
    of weights: [String: Reals], except constants: Set<String>
  ) throws -> [String: Tensor] {
    var backward = self
    let wanted = differentiable.filter { !constants.contains($0.name) }
    try backward.addGradients(weights, to: wanted.map(\.value))
    let found = try backward.executor().run(backward.inputTensors)
    return try Dictionary(
      uniqueKeysWithValues: wanted.map { ($0.name, try #require(found["gradient \($0.name)"])) })
  }

  /// Inputs and parameters of real numbers.
  private var differentiable: [(name: String, value: Value.ID)] {
    let inputs = graph.inputs.filter { graph[$0.value].type.element.isFloatingPoint }
      .map { ($0.name, $0.value) }
    let parameters = graph.parameters.compactMap { parameter in
      graph.parameter(named: parameter.name).flatMap { graph.value(of: $0) }
        .map { (parameter.name, $0) }
    }
    return inputs + parameters
  }

  /// Makes the gradients of the weighted outputs the only outputs.
  private mutating func addGradients(
    _ weights: [String: Reals], to wanted: [Value.ID]
  ) throws {
    let names = Dictionary(
      differentiable.map { ($0.value, $0.name) }, uniquingKeysWith: { first, _ in first })
    let outputs = graph.outputs
    graph = graph.withOutputs([])
    let seeds = try outputs.map { output in
      (
        value: output.value,
        gradient: input(try #require(weights[output.name]), .float32)
      )
    }
    for (value, gradient) in zip(wanted, try graph.addGradients(seeds, to: wanted)) {
      graph.addOutput("gradient \(try #require(names[value]))", try #require(gradient))
    }
    try graph.validate()
  }

  /// The slopes of the weighted sum of all outputs along every entry of an input or a parameter.
  private func slopes(of name: String, weights: [String: Reals]) throws -> Reals {
    let numbers = try #require(inputs[name] ?? parameters[name])
    let step = 1e-5
    func sum(movingEntry entry: Int, by distance: Double) throws -> Double {
      var moved = numbers
      moved.entries[entry] += distance
      let outputs = try ReferenceEvaluator(graph: graph).outputs(
        inputs: inputs.merging(inputs[name] == nil ? [:] : [name: moved]) { $1 },
        parameters: parameters.merging(parameters[name] == nil ? [:] : [name: moved]) { $1 })
      return try outputs.reduce(0) { total, output in
        zip(output.value.entries, try #require(weights[output.key]).entries).reduce(total) {
          $0 + $1.0 * $1.1
        }
      }
    }
    return Reals(
      try numbers.entries.indices.map { entry in
        try (sum(movingEntry: entry, by: step) - sum(movingEntry: entry, by: -step)) / (2 * step)
      }, shape: numbers.shape)
  }
}
