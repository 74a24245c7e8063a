import ModelGraph
import Testing

@testable import CPUCore

/// Values that share memory at the wrong time show in the numbers of some graph or other.
@Suite("Random graphs") struct RandomGraphTests {
  /// Errors of 24 bits grow along a chain of a dozen operators, norms of small rows among them.
  /// Memory that is used twice makes differences of the size of the numbers themselves.
  private static let tolerance = 1e-3

  @Test("Whatever the graph, runs give what its definition says", arguments: 0..<60)
  func randomGraphs(group: Int) throws {
    for number in 0..<5 {
      let seed = group * 5 + number
      let example = try RandomGraph(seed: seed).example
      let executor = try example.executor(threads: 1 + seed % 2)
      let first = try executor.run(example.inputTensors)
      let kept = first.mapValues { $0.floats() }
      // The second run overwrites the memory of the first with other numbers, but not its outputs.
      for run in [example.withOtherInputs(seed: seed), example] {
        let found = try executor.run(run.inputTensors)
        for (name, reals) in try run.expected() {
          found[name].expect(reals) { _ in Self.tolerance * max(1e-3, reals.largest) }
        }
      }
      #expect(first.mapValues { $0.floats() } == kept)
      #expect(try executor.run(example.inputTensors).mapValues { $0.floats() } == kept)
    }
  }
}

extension RandomGraphTests {
  /// Of numbers close to each other a norm makes what their last places say: their rounding shows. So does
  /// memory that is used twice, but in most graphs.
  @Test("In bfloat16 they give it, too, as far as rounding allows")
  func rounded() throws {
    var wrong: [Int] = []
    for seed in 0..<300 {
      var example = try RandomGraph(seed: seed).example
      example.precision = .bf16
      let found = try example.executor(threads: 1 + seed % 2).run(example.inputTensors)
      let isRight = try example.expected().allSatisfy { name, reals in
        zip(found[name]?.floats() ?? [], reals.entries).allSatisfy {
          abs(Double($0) - $1) <= 0.02 * max(1e-3, reals.largest)
        }
      }
      if !isRight { wrong.append(seed) }
    }
    #expect(wrong == [], "\(wrong.count) of 300")
  }
}

/// A small graph of operators that chance picks, each reading what there is already.
private struct RandomGraph {
  private(set) var example: Example
  private var values: [Value.ID] = []

  init(seed: Int) throws {
    example = Example(seed: seed)
    let width = example.random.pick([2, 4, 6, 12])
    values.append(example.input([2, 3, width]))
    values.append(example.input([example.random.pick([2, 6]), width]))
    for _ in 0..<example.random.pick([4, 8, 12, 20]) { try grow() }
    // Some of the last values, and now and then one from the middle, perhaps twice.
    for value in values.suffix(example.random.pick([1, 2, 3])) { example.output(value) }
    if example.random.chance(0.5) { example.output(example.random.pick(values)) }
  }

  private func shape(_ value: Value.ID) -> [Int] {
    example.graph[value].type.shape.dimensions.compactMap(\.size)
  }

  /// One of the values, more often a late one.
  private mutating func pick() -> Value.ID {
    let late = example.random.chance(0.6)
    return example.random.pick(late ? values.suffix(4) : values)
  }

  private mutating func grow() throws {
    let x = pick()
    let (shape, width) = (shape(x), shape(x).last ?? 1)
    switch example.random.whole(below: 13) {
    case 0:
      let functions = Activation.Function.allCases.filter { $0 != .exp }
      try add(Activation(example.random.pick(functions)), x)
    case 1: try add(Scale(by: example.random.pick([-1, 0.5, 1.5])), x)
    case 2: try add(Dropout(rate: 0.1), x)
    case 3, 4: try addLinear(x, width)
    case 5:
      let parameters = [try example.parameter([width]), try example.parameter([width])]
      if example.random.chance(0.5) {
        values += try example.graph.apply(
          LayerNorm(epsilon: 0.1), to: [x] + parameters.prefix(example.random.whole(below: 3)))
      } else {
        try add(RMSNorm(epsilon: 0.1, weightOffset: 1), x, parameters[0])
      }
    case 6: try add(Softmax(), x)
    case 7 where width > 1:
      let groups = width.isMultiple(of: 4) && example.random.chance(0.3) ? 2 : 1
      let first = groups * (1 + example.random.whole(below: width / groups - 1))
      let split = Split(sizes: [first, width - first], groups: groups)
      values += try example.graph.apply(split, to: [x])
    case 8: try add(Permute(shape.indices.shuffled(using: &example.random)), x)
    case 9:
      let shapes = [[shape.reduce(1, *)], [width] + shape.dropLast(), [1] + shape]
      try add(Reshape(example.random.pick(shapes)), x)
    case 10:
      let axis = example.random.whole(below: shape.count)
      let start = example.random.whole(below: shape[axis])
      let end = start + 1 + example.random.whole(below: shape[axis] - start)
      try add(Slice(axis: axis, start..<end), x)
    case 11 where shape.count > 1: try addUpdate(x, shape)
    default: try addCombination(x, shape)
    }
    if let last = values.last, self.shape(last).reduce(1, *) > 2000 { values.removeLast() }
  }

  private mutating func add<Operation: Operator>(
    _ operation: Operation, _ operands: Value.ID...
  ) throws {
    values += try example.graph.apply(operation, to: operands)
  }

  private mutating func addLinear(_ x: Value.ID, _ inputs: Int) throws {
    let outputs = example.random.pick([inputs, inputs, 1, 4, 6])
    let layout: Linear.Layout = example.random.chance(0.5) ? .outIn : .inOut
    let element = example.random.pick([ElementType.float32, .float32, .bfloat16, .float16])
    let weight = try example.parameter(
      layout == .outIn ? [outputs, inputs] : [inputs, outputs], element)
    let bias = example.random.chance(0.5) ? [try example.parameter([outputs], element)] : []
    values += try example.graph.apply(Linear(layout: layout), to: [x, weight] + bias)
  }

  /// The product of a value with itself, one of both transposed.
  private mutating func addUpdate(_ x: Value.ID, _ shape: [Int]) throws {
    let product = MatrixProduct(transposesFirst: true)
    let weights = try example.graph.apply(Softmax(), to: [x])[0]
    try add(product, weights, x)
  }

  /// A sum or product of several values whose shapes stretch to one, and of new inputs that do.
  private mutating func addCombination(_ x: Value.ID, _ shape: [Int]) throws {
    var operands = [x]
    let fitting = values.filter { self.shape($0) == shape }
    for _ in 0..<(1 + example.random.whole(below: 3)) {
      if example.random.chance(0.6) {
        operands.append(example.random.pick(fitting))
      } else {
        let stretched = shape.map { example.random.chance(0.5) ? 1 : $0 }
        operands.append(
          example.input(Array(stretched.dropFirst(example.random.whole(below: 2)))))
      }
    }
    operands.shuffle(using: &example.random)
    if example.random.chance(0.7) {
      values += try example.graph.apply(Add(), to: operands)
    } else {
      values += try example.graph.apply(Multiply(), to: operands)
    }
  }
}
