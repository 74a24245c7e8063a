public import TunerKit

/// How `A` and `B` start: PEFT's `init_lora_weights`.
public enum LoraStart: Hashable, Sendable {
  /// `A` uniform within ±1/√in, `B` zero (true).
  case kaimingUniform
  /// `A` normal with deviation 1/r, `B` zero.
  case gaussian
  /// Both uniform, so that a fresh adapter changes the output (false).
  case random
  /// The weight's greatest singular values; the rest stays in the base (arXiv:2404.02948).
  ///
  /// PEFT may find them by a number of random iterations; here they are exact, whatever the number.
  case pissa(iterations: Int?)
  /// The first columns and rows of the weight's QR decomposition; the rest stays in the base
  /// (arXiv:2406.01775).
  case olora
  /// Both random, with a product of zero.
  case orthogonal

  /// Whether the base's part that the adapter starts from is taken out of the base's weight.
  var changesBase: Bool {
    switch self {
    case .pissa, .olora: true
    case .kaimingUniform, .gaussian, .random, .orthogonal: false
    }
  }
}

extension LoraStart: ConfigurationRepresentable {
  public static var expectation: String {
    "true, false, gaussian, pissa, olora or orthogonal"
  }

  public init?(configurationValue value: ConfigurationValue) {
    switch value {
    case .bool(true): self = .kaimingUniform
    case .bool(false): self = .random
    case .text(let text):
      switch text.lowercased() {
      case "gaussian": self = .gaussian
      case "pissa": self = .pissa(iterations: nil)
      case "olora": self = .olora
      case "orthogonal": self = .orthogonal
      default:
        let prefix = "pissa_niter_"
        guard text.hasPrefix(prefix), let count = Int(text.dropFirst(prefix.count)), count >= 0
        else { return nil }
        self = .pissa(iterations: count)
      }
    default: return nil
    }
  }

  public var configurationValue: ConfigurationValue {
    switch self {
    case .kaimingUniform: .bool(true)
    case .random: .bool(false)
    case .gaussian: .text("gaussian")
    case .pissa(let iterations): .text(iterations.map { "pissa_niter_\($0)" } ?? "pissa")
    case .olora: .text("olora")
    case .orthogonal: .text("orthogonal")
    }
  }
}
