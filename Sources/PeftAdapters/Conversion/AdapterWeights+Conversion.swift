import CPUCore
import ModelGraph
public import PeftBasics
import PeftReports
import PeftTensors
import TunerKit

extension AdapterWeights {
  /// The LoRA that is nearest to this adapter: PEFT's `convert_to_lora`.
  ///
  /// Of each update it keeps the largest singular values, `ΔW ≈ B A` with `B = U Σ` and `A = Vᵀ`.
  /// Modules that are trained in full and biases are kept as they are; what an adapter adds
  /// to biases becomes `lora_bias`. Unlike PEFT's it is right for DoRA, for starts that change the
  /// base, and for `lora_bias`.
  /// - Parameters:
  ///   - size: The rank, which is `lora_alpha` as well, or a share to keep. With a share `r` is 1 and
  ///     both patterns say the rest, unless all ranks are the same.
  ///   - base: The adapter's base model. Its weights are needed only where an update reads them.
  /// - Returns: An adapter of the same name, and how near it is.
  /// - Throws: `DecompositionError` where there is no such size, or an update is not finite;
  ///   `MissingBaseWeights`.
  /// - Complexity: A singular value decomposition for each module.
  public func convertedToLoRA(
    _ size: LoRASize, on base: Model
  ) throws -> (adapter: AdapterWeights, report: ApproximationReport) {
    let matrices = try UpdateMatrices(self, on: base)
    var parts: [LoRAMaker.Part] = []
    var modules: [ApproximationReport.Module] = []
    for update in adapter.updates {
      let site = update.site
      let nearest = try NearestFactors(of: try matrices.weight(update), size: size, at: site.path)
      parts.append(
        LoRAMaker.Part(site: site, factors: nearest.factors, bias: try matrices.bias(update)))
      modules.append(
        ApproximationReport.Module(
          path: site.path, outputs: site.outputs, inputs: site.inputs, rank: nearest.factors.rank,
          norm: nearest.norm, errorNorm: nearest.errorNorm))
    }
    let ranks: LoRAMaker.Ranks =
      if case .rank(let rank) = size { .uniform(rank) } else { .perModule(otherwise: 1) }
    let maker = LoRAMaker(template: LoRAMaker.template(of: adapter.configuration), base: base)
    let converted = try maker.adapter(named: name, of: parts, ranks: ranks, copiesOf: [self])
    return (converted, ApproximationReport(modules: modules, warnings: converted.warnings))
  }
}

/// The best factors of a size.
struct NearestFactors {
  let factors: LowRankFactors
  let norm: Double
  let errorNorm: Double

  /// - Throws: `UpdateNotFinite`, `DecompositionError`.
  init(of matrix: Tensor, size: LoRASize, at site: String) throws {
    guard matrix.isFinite else { throw UpdateNotFinite(site: site) }
    let rank: TruncatedSVD.Rank =
      switch size {
      case .rank(let rank): .exactly(min(rank, matrix.shape.min() ?? rank))
      case .share(let share): .keeping(share)
      }
    let parts = try TruncatedSVD(of: matrix, rank: rank)
    let values = parts.values.map { Float($0) }
    let left = parts.left.floats().enumerated().map { $1 * values[$0 % values.count] }
    factors = LowRankFactors(b: Tensor(left, shape: parts.left.shape), a: parts.right)
    norm = parts.spectrum.reversed().reduce(0) { $0 + $1 * $1 }.squareRoot()
    errorNorm = parts.relativeError * norm
  }
}

/// An update that overflowed.
public struct UpdateNotFinite: Diagnosis, Hashable {
  public let site: String

  public var words: (problem: String, fix: String?) {
    ("the update of \(site.shown) is inf or NaN", "check the adapter's weights, and its alpha")
  }
}

/// How large the LoRA is that stands for another adapter.
public enum LoRASize: Hashable, Sendable {
  /// One rank for every module. Where a module is narrower, the rest is zeros.
  case rank(Int)
  /// For each module as small a rank as keeps a share of `‖ΔW‖²`; above 0, up to 1.
  case share(Double)
}
