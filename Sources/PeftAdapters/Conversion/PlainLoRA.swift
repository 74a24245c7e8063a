import LoRA
import ModelGraph
public import PeftBasics
import PeftTensors
import TunerKit

/// A LoRA adapter for programs that read `r` and `lora_alpha` and nothing else: llama.cpp, vLLM, MLX.
///
///     let plain = try PlainLoRA(weights, on: base)
///     for part in plain.leftOut { print("left out: \(part)") }
///     try plain.adapter().write(to: "plain", on: base.graph)
///
/// Every scale is in `B`, and `lora_alpha` is `r`. All modules have one rank; zeros fill the smaller
/// ones. Initial values that are subtracted from the weights are in the factors, at twice the rank. The
/// model's outputs are those with the adapter itself.
public struct PlainLoRA {
  /// A part of an adapter that a plain LoRA cannot hold.
  public enum Part: Hashable, Sendable, CustomStringConvertible {
    case savedModule(String)
    case bias(String)
    case embedding(String)
    case loraBias(String)
    case baseParameter(String)

    public var description: String {
      switch self {
      case .savedModule(let path): "\(path.shown), trained in full (modules_to_save)"
      case .bias(let name): "\(name.shown), a trained bias"
      case .embedding(let path): "the update of the embedding \(path.shown)"
      case .baseParameter(let name): "\(name.shown) of the base model, which the adapter's file has"
      case .loraBias(let path): "the bias that lora_bias adds at \(path.shown)"
      }
    }
  }

  /// What the plain adapter lacks.
  public let leftOut: [Part]
  private let weights: AdapterWeights
  private let products: LoRAProducts
  private let base: Model

  /// - Parameter base: The adapter's base model. Its weights are needed only for initial values that are
  ///   subtracted from them.
  /// - Throws: `PlainLoRAError` for other tuners, DoRA and `layer_replication`.
  public init(_ weights: AdapterWeights, on base: Model) throws {
    let adapter = weights.adapter
    guard let configuration = adapter.configuration as? LoraConfig else {
      throw PlainLoRAError.otherTuner(adapter.tunerName)
    }
    guard let products = try LoRAProducts(weights) else { throw PlainLoRAError.dora }
    guard configuration.options.layerReplication?.isEmpty ?? true else {
      throw PlainLoRAError.layerReplication
    }
    self.weights = weights
    self.products = products
    self.base = base
    let paths = adapter.copies.compactMap(\.module)
    leftOut =
      paths.enumerated().filter { !paths.prefix($0).contains($1) }.map { .savedModule($1) }
      + adapter.copies.filter { $0.module == nil }.map { .bias($0.name) }
      + adapter.updates.filter { $0.site.kind == .embedding }.map { .embedding($0.site.path) }
      + adapter.updates.filter { $0.biasUpdate != nil }.map { .loraBias($0.site.path) }
      + weights.baseParameters.map { .baseParameter($0) }
  }

  /// The plain adapter.
  /// - Parameter dropping: Whether to go on where something is left out.
  /// - Throws: `PlainLoRAError` where something would be left out, or everything; `MissingBaseWeights`.
  public func adapter(dropping: Bool = false) throws -> AdapterWeights {
    guard dropping || leftOut.isEmpty else { throw PlainLoRAError.incomplete(leftOut) }
    let parts = try weights.adapter.updates.filter { $0.site.kind != .embedding }.map {
      LoRAMaker.Part(site: $0.site, factors: try products.product($0))
    }
    guard !parts.isEmpty else { throw PlainLoRAError.nothingLeft }
    let largest = parts.reduce(1) { max($0, $1.factors.rank) }
    return try LoRAMaker(template: template, base: base).adapter(
      named: weights.name, of: parts, ranks: .uniform(largest), copiesOf: [weights],
      withBaseParameters: false)
  }

  /// Targets as a list that means these modules by itself, and nothing that is trained in full.
  private var template: LoraConfig {
    var template = LoRAMaker.template(of: products.configuration)
    template.options.bias = .none
    template.options.layerReplication = nil
    template.options.targets.excludeModules = nil
    template.options.targets.layersToTransform = nil
    template.options.targets.layersPattern = nil
    if case .names? = template.options.targets.targetModules {
    } else {
      template.options.targets.targetModules = .names(weights.adapter.updates.map(\.site.path))
    }
    if !weights.adapter.match.saved.modules.isEmpty {
      template.options.targets.modulesToSave = []
      // A task would have its head trained in full again.
      template.options.targets.taskType = nil
    }
    return template
  }
}

/// An adapter that cannot be made plain.
public enum PlainLoRAError: Diagnosis, Hashable {
  case otherTuner(String)
  case dora
  case layerReplication
  case incomplete([PlainLoRA.Part])
  case nothingLeft

  public var details: [String] {
    guard case .incomplete(let parts) = self else { return [] }
    return parts.prefix(Self.mostShown).map { "  \($0)" }
      + (parts.count > Self.mostShown
        ? ["  … and \((parts.count - Self.mostShown).grouped) more"] : [])
  }

  private static let mostShown = 20

  public var words: (problem: String, fix: String?) {
    switch self {
    case .otherTuner(let tuner):
      (
        "the adapter is \(tuner), which those who read plain LoRA do not know",
        "convert it to LoRA first: peft adapter convert"
      )
    case .dora:
      (
        "the adapter is DoRA: without the lengths of the rows its factors mean something else",
        "convert it to LoRA first: peft adapter convert"
      )
    case .layerReplication:
      (
        "the adapter is for layers that layer_replication makes, which the base model does not have",
        "use it with a program that reads layer_replication, such as PEFT"
      )
    case .incomplete:
      (
        "a plain LoRA has no place for:",
        "merge the adapter, or leave this out with --drop: the model then answers differently"
      )
    case .nothingLeft:
      ("the adapter updates embeddings only, which a plain LoRA has no place for", "merge it")
    }
  }
}
