public import ModelGraph
public import PeftBasics

/// A named tensor that a weight update is made of.
public struct UpdateTensor: Hashable, Sendable {
  /// The name in an adapter file, after the path of its module: `lora_A.weight`.
  public let name: String
  /// The path of the module it belongs to; nil for one that all sites of an adapter share.
  public let site: String?
  public let shape: [Int]
  public let initial: InitialValue
  /// What a fresh adapter draws and throws away before the initial value.
  public let discardedDraws: [RandomDraw]
  /// Whether training changes it; a tensor that stays as it was drawn is a frozen basis.
  public let isTrained: Bool

  public init(
    name: String, site: String?, shape: [Int], initial: InitialValue,
    discarding discardedDraws: [RandomDraw] = [], isTrained: Bool
  ) {
    self.name = name
    self.site = site
    self.shape = shape
    self.initial = initial
    self.discardedDraws = discardedDraws
    self.isTrained = isTrained
  }

  /// Whether it follows from the base model's weight, so that no file has to hold it.
  public var isDerived: Bool {
    if case .derived = initial { !isTrained } else { false }
  }

  /// Whether a file can do without it: a key gives it again, the base model does, or it is a constant.
  public var isReproducible: Bool {
    switch initial {
    case .basis, .derived, .constant: !isTrained
    case .loaded, .uniform, .normal, .copy, .orthogonal: false
    }
  }

  /// The number of entries.
  /// - Throws: `SizeOverflow` beyond 2⁶³ − 1.
  public func count() throws(SizeOverflow) -> Int { try shape.checkedProduct() }

  /// The name in a graph, where several adapters may be: `q_proj.lora_A.default.weight`.
  public func parameterName(adapter: String) -> String {
    var parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    parts.insert(adapter, at: min(1, parts.count))
    return ((site.map { $0.isEmpty ? [] : [$0] } ?? []) + parts).joined(separator: ".")
  }
}
