public import OrderedCollections
public import TunerKit

/// How `A` and `B` are initialised: PEFT's `init_lora_weights`.
public enum LoraInitialization: Hashable, Sendable {
  /// `A` uniform within ±1/√in, `B` zero (true).
  case kaimingUniform
  /// `A` normal with deviation 1/r, `B` zero.
  case gaussian
  /// Both uniform, so that a fresh adapter changes the output (false).
  case random
  /// From the weight's largest singular values; the rest stays in the base (PiSSA, arXiv:2404.02948).
  ///
  /// PEFT may approximate them by random iterations; here they are exact, whatever the number.
  case pissa(iterations: Int?)
  /// From the first columns and rows of the weight's QR decomposition; the rest stays in the base
  /// (OLoRA, arXiv:2406.01775).
  case olora
  /// Both random, with a product of zero.
  case orthogonal
  /// From data that the model has seen. An adapter that has begun so is read from its file.
  case data(DataInitialization)

  /// One that takes `A` or `B`, or both, from what the model makes of data, or from its own weights.
  public enum DataInitialization: String, Hashable, Sendable, CaseIterable {
    /// Principal directions of the module's inputs (arXiv:2410.07170).
    case eva
    /// Directions of the weight under the inputs' covariance (arXiv:2406.05223).
    case corda
    /// Gradients' singular vectors (arXiv:2407.05000).
    case loraGA = "lora_ga"
    /// What quantization takes away from the weight (arXiv:2310.08659).
    case loftq
    /// The weight's directions of least variance in `B`, which PEFT does not train (arXiv:2604.01694).
    case mica

    /// Whether the base's weight is another one afterwards.
    var changesBase: Bool {
      switch self {
      case .corda, .loraGA, .loftq: true
      case .eva, .mica: false
      }
    }
  }

  /// PEFT's settings of those that take data.
  public struct Settings: Hashable, Sendable {
    public typealias Fields = OrderedDictionary<String, ConfigurationValue>
    public var eva: Fields?
    public var corda: Fields?
    public var loraGA: Fields?
    public var loftq: Fields = [:]

    public init() {}
  }

  /// Whether the initial update is subtracted from the base's weight.
  var changesBase: Bool {
    switch self {
    case .pissa, .olora: true
    // The base is to be given as it was saved: nothing in it follows from the adapter.
    case .kaimingUniform, .gaussian, .random, .orthogonal, .data: false
    }
  }
}

extension LoraInitialization: ConfigurationRepresentable {
  public static var expectation: String {
    "true, false, gaussian, pissa, olora or orthogonal; for adapters from files also eva, corda, lora_ga, "
      + "loftq or mica"
  }

  /// Python takes null for false.
  public static var whereNull: LoraInitialization? { .random }

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
      case let name where DataInitialization(rawValue: name) != nil:
        guard let kind = DataInitialization(rawValue: name) else { return nil }
        self = .data(kind)
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
    case .data(let kind): .text(kind.rawValue)
    }
  }
}
