import PeftReports

extension PeftModel {
  /// Adds a LoRA adapter that stands for a weighted sum of others: PEFT's `add_weighted_adapter`.
  ///
  ///     let report = try model.addWeightedAdapter(["poems", "recipes"], weights: [1, 0.5], name: "both")
  ///
  /// `cat` is exact, also for starts that change the base and for `lora_bias`. All others come near;
  /// how near is in the report. Those that end in `_svd`, and `svd`, take adapters of any tuner.
  /// Modules and biases that one of the adapters trains in full are taken over as they are, whatever
  /// its weight is. One adapter is taken as it is, whatever the combination, unless `svdRank` is given.
  ///
  /// The new configuration is the first one's with all targets. Its scale is 1: unlike PEFT's, it has
  /// neither the first one's rslora nor its start.
  /// - Parameters:
  ///   - weights: One for each adapter; they may be negative.
  ///   - density: The share of entries that are kept, for all but `cat`, `linear` and `svd`.
  ///   - majoritySign: How signs are elected, for combinations with `ties`.
  ///   - svdRank: The rank, for combinations of updates; the largest of the adapters' where nil.
  ///   - seed: The random seed of the entries that `dare` leaves out.
  /// - Returns: How far the new updates are from the weighted sums.
  /// - Throws: `PeftModelError` where a name is unknown or taken; `CombinationError`;
  ///   `MissingBaseWeights`; `DecompositionError` where an update is not finite.
  @discardableResult
  public mutating func addWeightedAdapter(
    _ names: [String], weights: [Double], name: String, combination: AdapterCombination = .cat,
    density: Double? = nil, majoritySign: AdapterCombination.MajoritySign = .total,
    svdRank: Int? = nil, seed: Int = 0
  ) throws -> ApproximationReport {
    guard adapters[name] == nil else { throw PeftModelError.nameTaken(name) }
    guard names.count == weights.count else {
      throw CombinationError.weightCount(adapters: names.count, weights: weights.count)
    }
    if let repeated = names.enumerated().first(where: { names.prefix($0).contains($1) })?.element {
      throw CombinationError.repeated(repeated)
    }
    var sum = try WeightedSum(
      zip(names, weights).map { (try self.weights($0), $1) }, combination: combination,
      density: density, majoritySign: majoritySign, svdRank: svdRank, seed: seed, on: base)
    let (adapter, report) = try sum.combined(named: name)
    try add(adapter)
    return report
  }
}
