import ModelGraph
import Testing

@testable import CPUCore

@Suite("Tokens and positions") struct PositionTests {
  @Test("An embedding takes the row of each index", arguments: ElementType.floats)
  func embedding(element: ElementType) throws {
    for (shape, rows, width) in [
      ([1], 1, 1), ([3], 5, 17), ([2, 7], 3, 64), ([5, 65], 100, 257), ([2, 3, 5], 31, 2),
      ([], 3, 3),
    ] {
      var example = Example(seed: rows)
      let indices = example.tokens(shape, below: rows)
      let table = try example.parameter([rows, width], element)
      example.output(try example.apply(Embedding(), indices, table))
      try example.check(tolerance: 0)
    }
  }

  @Test("Indices and the table may be parts of wider rows", arguments: ElementType.floats)
  func embeddingParts(element: ElementType) throws {
    var example = Example(seed: 2)
    let indices = try example.apply(Slice(axis: 1, 1..<4), example.tokens([3, 5], below: 7))
    let table = try example.apply(Slice(axis: 1, 2..<7), example.parameter([7, 9], element))
    example.output(try example.apply(Embedding(), indices, table), indices)
    try example.check(tolerance: 0)
  }

  static let lengths = [(1, 1), (3, 17), (2, 65), (5, 2), (1, 257), (17, 3)]

  @Test("Positions count from the offset", arguments: lengths)
  func positions(batch: Int, length: Int) throws {
    var example = Example(seed: length)
    let tokens = example.tokens([batch, length], below: 4)
    let features = example.input([batch, length, 3])
    let mask = example.mask([batch, length])
    example.output(
      try example.apply(Positions(), tokens), try example.apply(Positions(offset: 2), features),
      try example.apply(Positions(offset: 2, padding: 1), tokens),
      try example.apply(Positions(offset: 3, padding: 0), tokens),
      try example.apply(Positions(offset: 2), tokens, mask),
      try example.apply(Positions(), features, mask))
    try example.check(tolerance: 0)
  }

  @Test("Tokens and mask of positions may be parts of wider rows")
  func positionParts() throws {
    var example = Example(seed: 4)
    let tokens = try example.apply(Slice(axis: 1, 2..<7), example.tokens([3, 9], below: 3))
    let mask = try example.apply(Slice(axis: 1, 1..<6), example.mask([3, 8]))
    example.output(
      try example.apply(Positions(offset: 2, padding: 1), tokens),
      try example.apply(Positions(offset: 2), tokens, mask))
    try example.check(tolerance: 0)
  }

  @Test("A token is taken by its place, its value, or its size", arguments: lengths)
  func takeToken(batch: Int, length: Int) throws {
    var example = Example(seed: length)
    let x = example.input([batch, length, 7])
    let tokens = example.tokens([batch, length], below: 6)
    example.output(
      try example.apply(TakeToken(.at(0)), x), try example.apply(TakeToken(.at(length - 1)), x),
      try example.apply(TakeToken(.first(of: 2)), x, tokens),
      try example.apply(TakeToken(.first(of: 9)), x, tokens),
      try example.apply(TakeToken(.largest), x, tokens),
      try example.apply(TakeToken(.last(besides: 3)), x, tokens),
      try example.apply(TakeToken(.last(besides: -1)), x, tokens),
      try example.apply(TakeToken(.lastInMask), x, example.mask([batch, length])))
    try example.check(tolerance: 0)
  }

  @Test("What is taken from, and the tokens, may be parts of wider rows")
  func takeTokenParts() throws {
    var example = Example(seed: 5)
    let x = try example.apply(Slice(axis: 2, 1..<4), example.input([3, 5, 9]))
    let tokens = try example.apply(Slice(axis: 1, 2..<7), example.tokens([3, 9], below: 30))
    example.output(
      try example.apply(TakeToken(.at(3)), x), try example.apply(TakeToken(.largest), x, tokens),
      try example.apply(TakeToken(.first(of: 4)), x, tokens),
      try example.apply(TakeToken(.last(besides: 4)), x, tokens))
    try example.check(tolerance: 0)
  }

  @Test("Tokens may be taken from indices")
  func takeIndices() throws {
    var example = Example(seed: 6)
    let x = example.tokens([3, 5, 2], below: 100)
    example.output(try example.apply(TakeToken(.at(3)), x))
    try example.check(tolerance: 0)
  }

  static let scalings: [Rotary.Scaling] = [
    .none, .linear(factor: 4),
    .llama3(factor: 8, lowFrequency: 1, highFrequency: 4, originalLength: 64),
  ]

  /// Angles are rounded to 32 bits: half a unit of 257 in the last place is 2⁻¹⁶.
  @Test("Pairs of a head's halves are turned by their position", arguments: scalings)
  func rotary(scaling: Rotary.Scaling) throws {
    for (shape, heads, headSize, rotarySize) in [
      ([1, 1], 1, 2, 2), ([2, 17], 3, 16, 16), ([3, 65], 2, 7, 4), ([2, 257], 2, 5, 2),
      ([1, 130], 5, 64, 32), ([2, 33], 1, 66, 34),
    ] {
      var example = Example(seed: headSize)
      let rotary = Rotary(
        headSize: headSize, rotarySize: rotarySize, theta: 10_000, scaling: scaling)
      let x = example.input(shape + [heads * headSize])
      let part = try example.apply(
        Slice(axis: 2, 3..<3 + heads * headSize), example.input(shape + [heads * headSize + 4]))
      let moved = try example.apply(Scale(by: 1), x)
      example.output(
        try example.apply(rotary, x), try example.apply(rotary, part),
        // This one may be turned where it is.
        try example.apply(Scale(by: 1), try example.apply(rotary, moved)))
      try example.check(tolerance: 0x1p-15)
    }
  }
}
