import PeftPlatform

/// Kullback–Leibler divergences of probabilities from others, in nats.
enum KullbackLeibler {
  /// Of the classes of a row, of which one is right: Σ p log(p / q).
  static func ofClasses(_ p: [Double], from q: [Double]) -> Double {
    zip(p, q).reduce(0) { $0 + term($1.0, $1.1) }
  }

  /// Of the labels of a row, each of which is right or not.
  static func ofLabels(_ p: [Double], from q: [Double]) -> Double {
    zip(p, q).reduce(0) { $0 + term($1.0, $1.1) + term(1 - $1.0, 1 - $1.1) }
  }

  private static func term(_ p: Double, _ q: Double) -> Double {
    p > 0 ? p * log(p / max(q, .leastNormalMagnitude)) : 0
  }
}
