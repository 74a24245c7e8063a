public import ModelGraph
public import PeftBasics
public import PeftTensors

/// The random numbers of a run: those of torch's generator on the CPU, to the bit.
///
/// After the same draws both are in the same state, on every machine, so that a program that draws
/// as one in torch does gets the same numbers. They are equal to the bit to
/// - uniform numbers of torch on a machine with fused multiply-add, which all with AVX2 have;
/// - normal numbers of torch on a machine with AVX2, in tensors of 16 entries or more. Elsewhere
///   torch takes logarithm and cosine from the C library, and differs from these by up to 3 units
///   in the last place (5 · 10⁻⁷ in all);
/// - normal numbers in smaller tensors, as far as the C libraries' log1p, sin and cos in 64 bits
///   agree once rounded to 32.
public struct TorchGenerator: Sendable {
  private var twister: MersenneTwister
  /// The second of two normal numbers that were made together; the next small draw begins with it.
  private var spareNormal: Double?

  /// - Parameter seed: As for `torch.manual_seed`, of which the low 32 bits count.
  public init(seed: Int) { twister = MersenneTwister(seed: seed) }

  /// 32 random bits.
  public mutating func word() -> UInt32 { twister.next() }

  /// 64 random bits: the first word drawn is the upper half.
  public mutating func doubleWord() -> UInt64 {
    let upper = UInt64(twister.next())
    return upper << 32 | UInt64(twister.next())
  }

  /// 32-bit floats, uniform from `lower` on and below `upper`, as `uniform_` makes them.
  ///
  /// One word an entry.
  /// - Precondition: The sizes are not negative and their product fits the memory.
  public mutating func uniform(_ shape: [Int], from lower: Float, to upper: Float) -> Tensor {
    Tensor(shape: shape, type: .float32) { bytes in
      fillUniform(bytes.bindMemory(to: Float.self), from: lower, to: upper)
    }
  }

  /// 32-bit floats, normal, as `normal_` makes them.
  ///
  /// One word an entry and, where 16 does not divide their number, 16 more. Fewer than 16 entries
  /// take four words for every two.
  /// - Precondition: The sizes are not negative and their product fits the memory.
  public mutating func normal(_ shape: [Int], mean: Float = 0, deviation: Float = 1) -> Tensor {
    Tensor(shape: shape, type: .float32) { bytes in
      let entries = bytes.bindMemory(to: Float.self)
      if entries.count < NormalBlock.size {
        for index in entries.indices {
          entries[index] = Float(singleNormal() * Double(deviation) + Double(mean))
        }
      } else {
        fillNormal(entries, mean: mean, deviation: deviation)
      }
    }
  }

  /// Passes over what a draw takes.
  /// - Throws: `SizeOverflow` where its entries cannot be counted.
  public mutating func discard(_ draw: RandomDraw) throws(SizeOverflow) {
    switch draw {
    case .uniform(let shape): twister.skip(max(0, try shape.checkedProduct()))
    case .normal(let shape):
      let (count, size) = (max(0, try shape.checkedProduct()), NormalBlock.size)
      if count < size {
        for _ in 0..<count { _ = singleNormal() }
      } else {
        twister.skip(count)
        if count % size != 0 { twister.skip(size) }
      }
    }
  }
}

extension TorchGenerator {
  private mutating func fillUniform(
    _ entries: UnsafeMutableBufferPointer<Float>, from lower: Float, to upper: Float
  ) {
    let width = upper - lower
    fill(entries) { word in
      let value = lower.addingProduct(Self.fraction(word), width)
      return value == upper ? lower : value
    }
  }

  /// The entries are uniform at first; each 16 then become normal, and the last 16 of a number that
  /// 16 does not divide are drawn again.
  private mutating func fillNormal(
    _ entries: UnsafeMutableBufferPointer<Float>, mean: Float, deviation: Float
  ) {
    let size = NormalBlock.size
    let block = NormalBlock(mean: mean, deviation: deviation)
    fill(entries, Self.fraction)
    for start in stride(from: 0, through: entries.count - size, by: size) {
      block.normalize(.init(rebasing: entries[start..<start + size]))
    }
    guard entries.count % size != 0 else { return }
    let last = UnsafeMutableBufferPointer(rebasing: entries.suffix(size))
    fill(last, Self.fraction)
    block.normalize(last)
  }

  private mutating func singleNormal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    let unit = 0x1p-53
    let angle = Double(doubleWord() & (1 << 53 - 1)) * unit
    let (first, second) = normalPair(
      angle: angle, distance: Double(doubleWord() & (1 << 53 - 1)) * unit)
    spareNormal = second
    return first
  }

  /// The low 24 bits of a word as a number from 0 on and below 1.
  private static func fraction(_ word: UInt32) -> Float {
    Float(Int32(truncatingIfNeeded: word & 0xFF_FFFF)) * 0x1p-24
  }

  /// Draws a word for each entry and stores what becomes of it.
  private mutating func fill(
    _ entries: UnsafeMutableBufferPointer<Float>, _ value: (UInt32) -> Float
  ) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4096) { words in
      for start in stride(from: 0, to: entries.count, by: words.count) {
        let count = min(words.count, entries.count - start)
        twister.fill(.init(rebasing: words[..<count]))
        for index in 0..<count { entries[start + index] = value(words[index]) }
      }
    }
  }
}
