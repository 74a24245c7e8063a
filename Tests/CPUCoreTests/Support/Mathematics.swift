#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#else
  private import Darwin
#endif

/// The functions of the system's library, in double precision.
enum Mathematics {
  static func exponential(_ x: Double) -> Double { exp(x) }
  static func logarithm(_ x: Double) -> Double { log(x) }
  static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
  /// 1 − erf x, precise where erf x is close to 1.
  static func errorComplement(_ x: Double) -> Double { erfc(x) }
  static func cosine(_ x: Double) -> Double { cos(x) }
  static func sine(_ x: Double) -> Double { sin(x) }
  static func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
}
