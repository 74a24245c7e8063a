/// A way to combine adapters into one LoRA: PEFT's `combination_type`.
public enum AdapterCombination: String, Hashable, Sendable, CaseIterable {
  /// Factors side by side: exactly the weighted sum, at the sum of all ranks.
  case cat
  /// Sums of the factors. Each `B` also meets the other adapters' `A`: it is no sum of the updates.
  case linear
  /// The weighted sum's largest singular values.
  case svd
  /// As `linear`, of each factor only the entries of largest magnitude that agree about the sign.
  case ties
  /// As `svd`, of each update only the entries of largest magnitude that agree about the sign.
  case tiesSVD = "ties_svd"
  /// As `linear`, of factors with entries left out at random and the others made larger for it.
  case dareLinear = "dare_linear"
  case dareLinearSVD = "dare_linear_svd"
  /// `dare_linear` with only the entries that agree about the sign.
  case dareTies = "dare_ties"
  case dareTiesSVD = "dare_ties_svd"
  /// As `linear`, of each factor only the entries of largest magnitude.
  case magnitudePrune = "magnitude_prune"
  case magnitudePruneSVD = "magnitude_prune_svd"

  /// How the sign of an entry is chosen among adapters that disagree: `majority_sign_method`.
  public enum MajoritySign: String, Hashable, Sendable, CaseIterable {
    /// That of the sum.
    case total
    /// That of more adapters.
    case frequency
  }

  /// Whether whole updates are combined, and the result is decomposed.
  public var isOfUpdates: Bool {
    switch self {
    case .svd, .tiesSVD, .dareLinearSVD, .dareTiesSVD, .magnitudePruneSVD: true
    case .cat, .linear, .ties, .dareLinear, .dareTies, .magnitudePrune: false
    }
  }

  /// Whether a share of the entries is left out.
  public var needsDensity: Bool { pruning != nil }

  enum Pruning { case smallest, random }

  var pruning: Pruning? {
    switch self {
    case .cat, .linear, .svd: nil
    case .ties, .tiesSVD, .magnitudePrune, .magnitudePruneSVD: .smallest
    case .dareLinear, .dareLinearSVD, .dareTies, .dareTiesSVD: .random
    }
  }

  var electsSigns: Bool {
    switch self {
    case .ties, .tiesSVD, .dareTies, .dareTiesSVD: true
    default: false
    }
  }
}
