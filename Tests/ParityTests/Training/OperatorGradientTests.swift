import CPUCore
import Peft
import PeftBasics
import Testing

@Suite("Gradients of single operators") struct OperatorGradientTests {
  /// Of the largest entry of the same tensor: a sum of products is rounded as its largest terms are.
  static let tolerance = 1e-5

  @Test("Results and gradients are PyTorch's", arguments: try RecordedOperator.all())
  func parity(row: RecordedOperator) throws {
    let operation = try #require(try row.operation(), "no operator is called \(row.operator)")
    let tensors = try row.tensors(in: RecordedOperator.files())
    let found = try OperatorRun(operation, tensors)
    #expect(found.results.count >= tensors.results.count)
    for (number, expected) in tensors.results.enumerated() {
      let rows = tensors.upstream[number].rowsThatCount
      let distance = found.results[number].distance(from: expected, rows: rows)
      #expect(distance <= Self.tolerance, "result \(number)")
    }
    if operation is InverseLength {
      // A constant to the gradient, unlike torch's: what DoRA divides by.
      #expect(found.gradients.allSatisfy { $0 == nil })
      return
    }
    for (number, expected) in tensors.gradients.enumerated() {
      guard let expected else { continue }
      let gradient = try #require(found.gradients[number], "gradient \(number)")
      #expect(gradient.distance(from: expected) <= Self.tolerance, "gradient \(number)")
    }
  }

  @Test("All operators of models are recorded, and all losses")
  func completeness() throws {
    let known = Set(try RecordedOperator.all().map(\.operator))
    #expect(known.count == 36, "\(known.sorted())")
  }
}

/// One operator run on recorded operands, there and back.
private struct OperatorRun {
  var results: [Tensor] = []
  /// By operand; nil where none was asked for or none passes.
  var gradients: [Tensor?] = []

  init(_ operation: any Operator, _ tensors: RecordedOperator.Tensors) throws {
    var graph = Graph(name: "one operator")
    var inputs: [String: Tensor] = [:]
    func input(_ tensor: Tensor, _ name: String) -> Value.ID {
      inputs[name] = tensor
      return graph.addInput(name, type: ValueType(Shape(tensor.shape), tensor.element))
    }
    let operands = tensors.operands.enumerated().map { input($1, "operand \($0)") }
    if let loss = operation as? any LossOperator {
      let isNeeded = tensors.gradients.map { $0 != nil }
      let results = try graph.apply(loss.measuringGradients(ofOperands: isNeeded), to: operands)
      let gradientCount = isNeeded.filter(\.self).count
      for (number, value) in results.enumerated() { graph.addOutput("\(number)", value) }
      let found = try graph.run(inputs)
      // Nothing follows a loss: its own gradient is asked for.
      let upstream = tensors.upstream[0].floats()[0]
      self.results = results.indices.dropLast(gradientCount).compactMap { found["\($0)"] }
      var next = results.count - gradientCount
      for isNeeded in isNeeded {
        let gradient = isNeeded ? found["\(next)"] : nil
        gradients.append(
          gradient.map { Tensor($0.floats().map { $0 * upstream }, shape: $0.shape) })
        next += isNeeded ? 1 : 0
      }
      return
    }
    let results = try graph.apply(operation, to: operands)
    for (number, value) in results.enumerated() { graph.addOutput("result \(number)", value) }
    let seeds = zip(results, tensors.upstream.enumerated()).map { result, upstream in
      (value: result, gradient: input(upstream.element, "upstream \(upstream.offset)"))
    }
    let wanted = zip(operands, tensors.gradients).filter { $1 != nil }.map(\.0)
    let passed = try graph.addGradients(seeds, to: wanted)
    for (operand, value) in zip(wanted, passed) {
      guard let value, let number = operands.firstIndex(of: operand) else { continue }
      graph.addOutput("gradient \(number)", value)
    }
    try graph.validate()
    let found = try graph.run(inputs)
    self.results = results.indices.compactMap { found["result \($0)"] }
    gradients = operands.indices.map { found["gradient \($0)"] }
  }
}

extension Graph {
  fileprivate func run(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
    let program = try Program(self, shapes: inputs.mapValues(\.shape))
    return try Executor(program, parameters: [:], threads: 2).run(inputs)
  }
}

extension Tensor {
  /// What a graph takes it for.
  fileprivate var element: ElementType {
    switch type {
    case .float32: .float32
    case .uint8: .mask
    default: .index
    }
  }

  /// Which rows have a gradient. Nothing is said about others: a query that sees no key.
  fileprivate var rowsThatCount: [Bool]? {
    guard let width = shape.last, width > 0 else { return nil }
    let entries = floats()
    return stride(from: 0, to: entries.count, by: width).map { start in
      entries[start..<start + width].contains { $0 != 0 }
    }
  }
}
