import Testing

@testable import CPUCore
@testable import ModelGraph

/// What every operator must have in each room. A new one is a line in the catalogue, and then these tests say
/// which files are missing.
@Suite("Every operator") struct OperatorCatalogTests {
  /// A kind of operator, shown by its type's name.
  struct Kind: Sendable, CustomTestStringConvertible {
    static let all = OperatorCatalog.all.map(Kind.init)
    let type: any Operator.Type
    var testDescription: String { "\(type)" }
  }

  @Test("It has a definition, a kernel, and a gradient or none", arguments: Kind.all)
  func rooms(_ kind: Kind) {
    let type = kind.type
    let samples = (type as? any ReferenceOperator.Type)?.samples ?? []
    #expect(
      !samples.isEmpty,
      """
      \(type) has no definition with samples: write \
      Tests/CPUCoreTests/Support/Reference+\(type).swift, which makes it a ReferenceOperator
      """)
    #expect(
      type is any Kernel.Type || type is any ViewOperator.Type || type is any ProductOperator.Type,
      "\(type) cannot run: write Sources/CPUCore/Kernels/\(type)+Kernel.swift")
    let gradients = [
      type is any DifferentiableOperator.Type, type is any LossOperator.Type,
      type is any GradientOperator.Type,
    ]
    #expect(
      gradients.count(where: \.self) == 1,
      """
      \(type) must have one kind of gradient: make it a DifferentiableOperator in \
      Sources/ModelGraph/Operators/\(type).swift, which may pass none; or a GradientOperator, which \
      has none
      """)
    #expect(
      !(type is any DroppingOperator.Type) || type is any DropoutOperator.Type,
      "\(type) drops nothing in training: make it a DropoutOperator beside its kernel")
  }

  static let samples = Kind.all.flatMap { kind in
    (kind.type as? any ReferenceOperator.Type)?.samples ?? []
  }

  @Test("It computes what its definition says", arguments: samples)
  func results(_ sample: OperatorSample) throws { try sample.example().check() }

  /// Samples of operators whose gradients are the slopes of their definition.
  static let differentiable = samples.filter { sample in
    sample.operation is any DifferentiableOperator && !type(of: sample.operation).stopsGradients
  }

  @Test("Its gradients agree with finite differences", arguments: differentiable)
  func gradients(_ sample: OperatorSample) throws {
    let operation = try #require(sample.operation as? any DifferentiableOperator)
    let constants = sample.operands.indices.filter { !operation.passesGradient(toOperand: $0) }
    try sample.example().checkGradients(except: Set(constants.map { "input\($0)" }))
  }
}
