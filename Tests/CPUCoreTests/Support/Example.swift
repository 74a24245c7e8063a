import ModelGraph
import PeftTensors
import PeftTestSupport
import Testing

@testable import CPUCore

/// A graph together with random numbers for its inputs and parameters.
struct Example {
  var graph = Graph(name: "example")
  var random: RandomNumbers
  private(set) var inputs: [String: Reals] = [:]
  private(set) var parameters: [String: Reals] = [:]
  /// Of those that are packed.
  private var densities: [String: Double] = [:]
  /// What its program multiplies in.
  var precision = Precision.f32

  init(seed: Int) {
    random = RandomNumbers(seed: seed)
    graph.declareModule("module")
  }

  mutating func input(
    _ shape: [Int], from low: Double = -1, to high: Double = 1
  ) -> Value.ID {
    input(random.reals(shape, from: low, to: high), .float32)
  }

  mutating func tokens(_ shape: [Int], below end: Int) -> Value.ID {
    input(random.indices(shape, below: end), .index)
  }

  mutating func mask(_ shape: [Int]) -> Value.ID { input(random.indices(shape, below: 2), .mask) }

  mutating func input(_ numbers: Reals, _ element: ElementType) -> Value.ID {
    let name = "input\(inputs.count)"
    inputs[name] = numbers
    return graph.addInput(name, type: ValueType(Shape(numbers.shape), element))
  }

  /// A parameter; one of 16 bits holds rounded numbers.
  mutating func parameter(_ shape: [Int], _ element: ElementType = .float32) throws -> Value.ID {
    let name = "parameter\(parameters.count)"
    parameters[name] = random.reals(shape).map { Double(element.rounded(Float($0))) }
    return try graph.addParameter(Parameter(name: name, shape: shape, element: element))
  }

  /// A packed parameter of −0.3, 0 and 0.3.
  mutating func packedParameter(_ shape: [Int], density: Double) throws -> Value.ID {
    let name = "parameter\(parameters.count)"
    let size = Double(Float(0.3))
    var entries = random.reals(shape).entries.map { number in
      abs(number) < density ? (number < 0 ? -size : size) : 0
    }
    // Zeros alone are not packed.
    entries[0] = size
    parameters[name] = Reals(entries, shape: shape)
    densities[name] = density
    let basis = RandomBasis(
      key: 1, precedingWords: 0, distribution: .ternary(sparsity: 1 / density))
    return try graph.addParameter(
      Parameter(name: name, shape: shape, element: .ternary, initial: .basis(basis)))
  }

  mutating func apply<Operation: Operator>(
    _ operation: Operation, _ operands: Value.ID...
  ) throws -> Value.ID {
    try graph.apply(operation, to: operands, in: "module")[0]
  }

  mutating func output(_ values: Value.ID...) {
    for value in values { graph.addOutput("output\(graph.outputs.count)", value) }
  }

  var program: Program {
    get throws { try Program(graph, shapes: inputs.mapValues(\.shape), precision: precision) }
  }

  func executor(threads: Int = 2) throws -> Executor {
    try Executor(program, parameters: parameterTensors, threads: threads)
  }

  var inputTensors: [String: Tensor] {
    graph.inputs.reduce(into: [:]) { tensors, input in
      tensors[input.name] = inputs[input.name].map {
        Tensor($0, as: graph[input.value].type.element)
      }
    }
  }

  var parameterTensors: [Parameter.ID: Tensor] {
    graph.parameters.reduce(into: [:]) { tensors, parameter in
      guard let id = graph.parameter(named: parameter.name) else { return }
      let tensor = parameters[parameter.name].map { Tensor($0, as: parameter.element) }
      let density = densities[parameter.name]
      tensors[id] = density.flatMap { tensor?.packed(density: $0) } ?? tensor
    }
  }

  func expected() throws -> [String: Reals] {
    let rounded = try precision == .f32 ? graph : graph.roundingFactors(isTraining: false)
    return try ReferenceEvaluator(graph: rounded).outputs(inputs: inputs, parameters: parameters)
  }

  /// What the outputs are where every number is replaced by its size: for sums of products, the sum
  /// of the sizes of all terms, to which rounding is proportional.
  func sizes() throws -> [String: Reals] {
    try ReferenceEvaluator(graph: graph).outputs(
      inputs: inputs.mapValues { $0.map(abs) }, parameters: parameters.mapValues { $0.map(abs) })
  }

  /// The same graph with other numbers for the inputs of real numbers.
  func withOtherInputs(seed: Int) -> Example {
    var other = self
    var random = RandomNumbers(seed: seed)
    for input in graph.inputs where graph[input.value].type.element == .float32 {
      other.inputs[input.name] = random.reals(inputs[input.name]?.shape ?? [])
    }
    return other
  }
}

extension Tensor {
  /// Numbers in the type that holds entries of that kind.
  init(_ numbers: Reals, as element: ElementType) {
    self.init(numbers, NumberType(element))
  }

  init(_ numbers: Reals, _ type: NumberType) {
    self.init(shape: numbers.shape, type: type) { bytes in
      for (index, number) in numbers.entries.enumerated() {
        let offset = index * type.byteCount
        switch type {
        case .float64: bytes.storeBytes(of: number, toByteOffset: offset, as: Double.self)
        case .float32: bytes.storeBytes(of: Float(number), toByteOffset: offset, as: Float.self)
        case .float16:
          bytes.storeBytes(
            of: Float(number).halfPrecisionBits, toByteOffset: offset, as: UInt16.self)
        case .bfloat16:
          bytes.storeBytes(of: Float(number).brainFloatBits, toByteOffset: offset, as: UInt16.self)
        case .int64: bytes.storeBytes(of: Int64(number), toByteOffset: offset, as: Int64.self)
        case .int32: bytes.storeBytes(of: Int32(number), toByteOffset: offset, as: Int32.self)
        case .uint16: bytes.storeBytes(of: UInt16(number), toByteOffset: offset, as: UInt16.self)
        case .uint8, .bool: bytes[offset] = UInt8(number)
        }
      }
    }
  }
}

extension ElementType {
  /// The nearest number of this kind.
  func rounded(_ number: Float) -> Float {
    switch self {
    case .float16: Float(halfPrecision: number.halfPrecisionBits)
    case .bfloat16: Float(brainFloat: number.brainFloatBits)
    case .float32, .ternary, .index, .mask: number
    }
  }
}
