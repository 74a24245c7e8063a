public import ModelGraph

/// A method of fine-tuning that adds to weights: it states the update as algebra, the core does the rest.
///
/// A tuner is registered by name in a `TunerRegistry`; nothing else needs to know it.
public protocol Tuner: Sendable {
  associatedtype Configuration: TunerConfiguration where Configuration.Method == Self

  /// The `peft_type` in configuration files: PEFT's name for it, in capitals.
  static var name: String { get }

  /// The kinds of module it can update.
  static var supportedKinds: [Graph.Module.Kind] { get }

  /// Prepares for all matched sites at once, so that a tuner can size what its sites share. The
  /// configuration was checked before.
  /// - Throws: Where the configuration and the sites do not go together.
  init(_ configuration: Configuration, sites: [Site]) throws

  /// The update of one site's weight `[outputs, inputs]`.
  ///
  /// Sizes of sites and whole numbers of the configuration are at most `Site.largestSize`: the product
  /// of three of them does not overflow.
  func update(of site: Site) throws -> WeightUpdate

  /// What is added to one site's bias `[outputs]`, or serves as one; nil for nothing.
  ///
  /// It may have tensors of the weight's update in it, and read `site.weight` and `site.bias`.
  func biasUpdate(of site: Site) throws -> WeightUpdate?

  /// The dropout rate on the update's input, in training, at this site.
  func inputDropout(at site: Site) -> Double

  /// What is added to the loss in training for one site; nothing unless the tuner says so.
  func lossTerms(at site: Site) throws -> [LossTerm]

  /// What the user should know about this configuration on these sites.
  var warnings: [String] { get }

  /// Settings that are worth showing beside those of other tuners, where none were chosen; the
  /// defaults unless the tuner says so. Their targets are those of the model.
  static var survey: [Configuration] { get }
}

extension Tuner {
  public static var supportedKinds: [Graph.Module.Kind] { [.linear, .conv1D] }
  public func biasUpdate(of site: Site) throws -> WeightUpdate? { nil }
  public func inputDropout(at site: Site) -> Double { 0 }
  public func lossTerms(at site: Site) throws -> [LossTerm] { [] }
  public var warnings: [String] { [] }
  public static var survey: [Configuration] { [Configuration()] }
}
