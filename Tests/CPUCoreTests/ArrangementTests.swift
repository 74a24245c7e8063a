import ModelGraph
import PeftBasics
import Testing

@testable import CPUCore

@Suite("Arrangements") struct ArrangementTests {
  /// Numbers of every kind, as an input of one.
  static let kinds: [ElementType] = [.float32, .index, .mask]

  @Test("A reshape keeps the order of entries", arguments: kinds)
  func reshape(kind: ElementType) throws {
    for (from, to) in [
      ([6], [2, 3]), ([2, 3, 5], [30]), ([1], []), ([4, 33], [3, 4, 11]), ([16, 17], [17, 16]),
      ([2, 64], [2, 8, 8]),
    ] {
      var example = Example(seed: from.count)
      let x = example.input(from, kind)
      example.output(try example.apply(Reshape(to), x))
      // A part of wider rows has to be copied first.
      let part = try example.apply(
        Slice(axis: from.count - 1, 1..<1 + (from.last ?? 0)),
        example.input(from.dropLast() + [3 + (from.last ?? 0)], kind))
      example.output(try example.apply(Reshape(to), part))
      try example.check(tolerance: 0)
    }
  }

  @Test("A permutation moves axes", arguments: kinds)
  func permute(kind: ElementType) throws {
    for (shape, order) in [
      ([3], [0]), ([], []), ([5, 7], [1, 0]), ([2, 3, 5], [2, 0, 1]), ([2, 3, 5], [0, 2, 1]),
      ([2, 3, 5, 7], [3, 1, 0, 2]), ([1, 17, 1, 31], [1, 3, 2, 0]), ([257, 100], [1, 0]),
      ([2, 3, 4], [0, 1, 2]),
    ] {
      var example = Example(seed: shape.count)
      example.output(try example.apply(Permute(order), example.input(shape, kind)))
      try example.check(tolerance: 0)
    }
  }

  @Test("A permutation of a part moves its axes")
  func permutePart() throws {
    var example = Example(seed: 1)
    let part = try example.apply(Slice(axis: 2, 2..<5), example.input([2, 3, 7]))
    example.output(try example.apply(Permute([2, 0, 1]), part))
    try example.check(tolerance: 0)
  }

  @Test("A slice is a run along any axis, of a part as well", arguments: kinds)
  func slice(kind: ElementType) throws {
    for (shape, axis, range) in [
      ([5], 0, 1..<4), ([3, 7], 0, 1..<3), ([3, 7], 1, 2..<3), ([2, 3, 5], 1, 1..<3),
      ([1, 5, 7], 1, 2..<4), ([1, 1, 33], 2, 0..<17), ([2, 3, 5, 2], 2, 4..<5), ([3, 5], 0, 0..<3),
    ] {
      var example = Example(seed: shape.count)
      let x = example.input(shape, kind)
      example.output(try example.apply(Slice(axis: axis, range), x))
      let last = shape.count - 1
      let wide = example.input(shape.dropLast() + [shape[last] + 2], kind)
      let part = try example.apply(Slice(axis: last, 1..<1 + shape[last]), wide)
      example.output(try example.apply(Slice(axis: axis, range), part))
      try example.check(tolerance: 0)
    }
  }

  @Test("A split cuts the last axis, or each of its groups", arguments: kinds)
  func split(kind: ElementType) throws {
    for (rows, sizes, groups) in [
      ([], [1, 2], 1), ([3], [5, 7, 1], 1), ([2, 5], [17, 16], 1), ([2, 3], [4, 4, 4], 2),
      ([65], [6, 3, 9], 3), ([257], [64, 32], 32), ([2], [3], 1),
    ] {
      var example = Example(seed: sizes.count)
      let x = example.input(rows + [sizes.reduce(0, +)], kind)
      for part in try example.graph.apply(Split(sizes: sizes, groups: groups), to: [x]) {
        example.output(part)
      }
      try example.check(tolerance: 0)
    }
  }

  @Test("A grouped split of which one part is read")
  func splitPart() throws {
    var example = Example(seed: 2)
    let x = example.input([2, 3, 24])
    let parts = try example.graph.apply(Split(sizes: [8, 8, 8], groups: 4), to: [x])
    example.output(try example.apply(Activation(.tanh), parts[1]))
    try example.check()
  }

  @Test("Values stand one behind another along any axis, stretched along others", arguments: kinds)
  func concatenate(kind: ElementType) throws {
    for (shapes, axis) in [
      ([[3], [5]], 0), ([[2, 3], [2, 1], [2, 7]], 1), ([[2, 3], [5, 3]], 0),
      ([[1, 1, 5], [3, 7, 5]], 1), ([[2, 3, 5], [1, 2, 1]], 1), ([[17, 1, 3], [17, 4, 1]], 2),
      ([[1, 2], [3, 1]], 0), ([[1, 33, 64], [2, 33, 1]], 2), ([[1, 1, 2], [5, 1, 2]], 1),
    ] {
      var example = Example(seed: axis)
      let values = shapes.map { example.input($0, kind) }
      example.output(try example.graph.apply(Concatenate(axis: axis), to: values)[0])
      try example.check(tolerance: 0)
    }
  }

  @Test("Parts and parameters of 16 bits are joined", arguments: ElementType.floats)
  func concatenateParts(element: ElementType) throws {
    var example = Example(seed: 3)
    let part = try example.apply(Slice(axis: 2, 1..<4), example.input([2, 3, 5]))
    let token = try example.parameter([1, 1, 3], element)
    example.output(try example.apply(Concatenate(axis: 1), token, part))
    try example.check(tolerance: 0)
  }
}

extension Example {
  /// An input of a kind of numbers.
  fileprivate mutating func input(_ shape: [Int], _ kind: ElementType) -> Value.ID {
    switch kind {
    case .index: tokens(shape, below: 1_000_000)
    case .mask: mask(shape)
    case .float32, .float16, .bfloat16, .ternary: input(shape)
    }
  }
}
