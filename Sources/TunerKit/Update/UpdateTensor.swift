public import ModelGraph
public import PeftBasics

/// A named tensor that a weight update is made of.
public struct UpdateTensor: Hashable, Sendable {
  /// How often PEFT writes a tensor that all sites share and training never changes.
  public enum Copies: Hashable, Sendable {
    /// Once, for the whole model.
    case one
    /// Once for the model, and once more for every module that uses it.
    case onePerModule
  }

  /// What a trained tensor is to its update, as far as its learning rate depends on it.
  public enum Role: Hashable, Sendable {
    case ordinary
    /// The factor at the output, which a recipe may give a learning rate of its own.
    case outputFactor
  }

  /// The name in an adapter file, after the path of its module: `factor.weight`.
  public let name: String
  /// What files of other releases call it.
  public let otherNames: [String]
  /// The path of the module it belongs to; nil for one that all sites of an adapter share.
  public let site: String?
  public let shape: [Int]
  public let initial: InitialValue
  /// What a fresh adapter draws and discards before the initial value.
  public let discardedDraws: [RandomDraw]
  /// Whether training changes it; a tensor that stays as it was drawn is a frozen basis.
  public let isTrained: Bool
  /// What it is to its update, where it is trained.
  public let role: Role
  /// How often PEFT's file has it, where it is shared and frozen.
  public let copiesInPEFT: Copies

  public init(
    name: String, otherNames: [String] = [], site: String?, shape: [Int], initial: InitialValue,
    discarding discardedDraws: [RandomDraw] = [], isTrained: Bool, role: Role = .ordinary,
    copiesInPEFT: Copies = .one
  ) {
    self.name = name
    self.otherNames = otherNames
    self.site = site
    self.shape = shape
    self.initial = initial
    self.discardedDraws = discardedDraws
    self.isTrained = isTrained
    self.role = role
    self.copiesInPEFT = copiesInPEFT
  }

  /// Whether it follows from the base model's weight, so that no file has to hold it.
  public var isDerived: Bool {
    if case .derived = initial { !isTrained } else { false }
  }

  /// Whether a file need not hold it: it follows from a key or the base model, or is a constant.
  public var isReproducible: Bool {
    switch initial {
    case .basis, .derived, .constant: !isTrained
    case .loaded, .uniform, .normal, .copy, .orthogonal: false
    }
  }

  /// The number of entries.
  /// - Throws: `SizeOverflow` beyond 2⁶³ − 1.
  public func count() throws(SizeOverflow) -> Int { try shape.checkedProduct() }

  /// The name in a graph, where several adapters may be: `q_proj.factor.default.weight`.
  public func parameterName(adapter: String) -> String {
    var parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    parts.insert(adapter, at: min(1, parts.count))
    return ((site.map { $0.isEmpty ? [] : [$0] } ?? []) + parts).joined(separator: ".")
  }
}
