import PeftPlatform

/// Two independent standard normal numbers from two uniform ones in [0, 1), by Box and Muller.
func normalPair(angle: Double, distance: Double) -> (Double, Double) {
  let radius = (-2 * log1p(-distance)).squareRoot()
  return (radius * cos(2 * .pi * angle), radius * sin(2 * .pi * angle))
}

/// Box and Muller's method on 16 numbers at a time, in the 32-bit arithmetic that torch uses where
/// the machine has AVX2.
///
/// Entry `i` gives the distance and entry `i + 8` the angle of a pair. Logarithm, sine and cosine
/// are the polynomials of Moshier's Cephes library. Which products are fused with the sum that
/// follows decides the last bit: it is what reproduces torch's numbers, and changing it loses them.
/// - SeeAlso: Moshier, Cephes Mathematical Library, `logf.c`, `sinf.c`.
struct NormalBlock {
  static let size = 16

  let mean: Float
  let deviation: Float

  /// Turns 16 uniform numbers in [0, 1) into normal ones.
  func normalize(_ entries: UnsafeMutableBufferPointer<Float>) {
    precondition(entries.count == Self.size, "\(entries.count) entries are not a block")
    // The nearest float; `Float.pi` is the one below.
    let turn = Float(2 * Double.pi)
    for index in 0..<Self.size / 2 {
      let radius = (-2 * Self.logarithm(1 - entries[index])).squareRoot()
      let (sine, cosine) = Self.sineAndCosine(turn * entries[index + Self.size / 2])
      entries[index] = mean.addingProduct(radius * cosine, deviation)
      entries[index + Self.size / 2] = mean.addingProduct(radius * sine, deviation)
    }
  }

  private static let logarithmTerms: [Float] = [
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
    -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
  ]

  /// The natural logarithm of a number in (0, 1], as `ln m + e · ln 2` with m around 1.
  private static func logarithm(_ x: Float) -> Float {
    var m = x.significand / 2
    var e = Float(x.exponent + 1)
    if m < 0.707106781186547524 {
      e -= 1
      m += m
    }
    m -= 1
    let square = m * m
    var y = logarithmTerms.dropFirst().reduce(logarithmTerms[0]) { $1.addingProduct($0, m) }
    // ln 2 in two parts, so that e times the larger one is exact.
    y = (e * -2.12194440e-4).addingProduct(y * m, square)
    y = y.addingProduct(square, -0.5)
    return (m + y).addingProduct(e, 0.693359375)
  }

  /// Both for an angle in [0, 2π), from polynomials on [−π/4, π/4].
  private static func sineAndCosine(_ x: Float) -> (sine: Float, cosine: Float) {
    let octant = (Int32(x * 1.27323954473516) + 1) & ~1
    let eighths = Float(octant)
    // π/4 in three parts, for the same reason.
    let rest = x.addingProduct(eighths, -0.78515625)
      .addingProduct(eighths, -2.4187564849853515625e-4)
      .addingProduct(eighths, -3.77489497744594108e-8)
    let square = rest * rest
    var cosine = Float(-1.388731625493765e-3).addingProduct(square, 2.443315711809948e-5)
    cosine = Float(4.166664568298827e-2).addingProduct(cosine, square) * square
    cosine = (square * -0.5).addingProduct(cosine, square) + 1
    var sine = Float(8.3321608736e-3).addingProduct(square, -1.9515295891e-4)
    sine = Float(-1.6666654611e-1).addingProduct(sine, square) * square
    sine = rest.addingProduct(sine, rest)
    if octant & 2 != 0 { swap(&sine, &cosine) }
    return (octant & 4 == 0 ? sine : -sine, (octant &- 2) & 4 == 0 ? -cosine : cosine)
  }
}
