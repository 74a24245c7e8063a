import PeftBasics

/// What a bake-off has shown, in sentences.
///
/// A difference of two contestants counts where it is larger than twice the standard deviation of the difference of two
/// runs, as the seeds show it (both variances pooled).
extension BakeoffResults {
  public var verdict: [String] {
    let ranked = results.filter { $0.values != nil }.sorted {
      guard let first = $0.values, let second = $1.values else { return false }
      return first.mean != second.mean && metric.isBetter(first.mean, than: second.mean)
    }
    guard let best = ranked.first, ranked.count > 1 else { return failures }
    return ranked.dropFirst().map { sentence(about: $0, against: best) } + valleys + singleRates
      + failures
  }

  private func sentence(about other: BakeoffResult, against best: BakeoffResult) -> String {
    guard let first = best.values, let second = other.values else { return "" }
    let difference = abs(first.mean - second.mean)
    let names = "\(best.contestant.name) and \(other.contestant.name)"
    let words = "\(metric.text(of: first.mean)) and \(metric.text(of: second.mean))"
    guard first.count > 1, second.count > 1 else {
      return
        "\(names) end with \(metric.rawValue) \(words); with one seed each, nothing says whether that "
        + "is more than chance"
    }
    let pooled = ((first.deviation * first.deviation + second.deviation * second.deviation) / 2)
      .squareRoot()
    let spread = 2 * pooled * 2.0.squareRoot()
    return difference > spread
      ? "\(best.contestant.name) is better than \(other.contestant.name): \(metric.rawValue) \(words), and the "
        + "seeds explain \(metric.text(of: spread)) at most"
      : "\(names) are as good as each other: \(metric.rawValue) \(words), and the seeds alone explain a difference "
        + "of \(metric.text(of: spread))"
  }

  /// How much the choice of the learning rate matters.
  private var valleys: [String] {
    guard search.compares else { return [] }
    return results.compactMap { result in
      guard let valley = result.valley(metric) else { return nil }
      let rates = search.learningRates
      let isAtEdge = result.learningRate == rates.first || result.learningRate == rates.last
      let early =
        valley.flat.lowerBound == valley.flat.upperBound
        ? "\(valley.best.shortScientific) was, and no other rate came within 1 % of it"
        : "rates from \(valley.flat.lowerBound.shortScientific) to \(valley.flat.upperBound.shortScientific) were "
          + "within 1 % of the best"
      return
        "\(result.contestant.name) is best at the learning rate \(result.learningRate.shortScientific); after a "
        + "quarter of the steps \(early)"
        + (isAtEdge ? "; it is the end of the rates that were tried: try more beyond it" : "")
    }
  }

  /// What one rate for all would have said, after the first rung, where all of them were compared.
  private var singleRates: [String] {
    guard search.compares else { return [] }
    var winners: [(rate: Double, name: String)] = []
    for rate in search.learningRates {
      let values = results.compactMap { result -> (name: String, value: Double)? in
        result.firstValue(at: rate).map { (result.contestant.name, $0) }
      }
      guard values.count > 1,
        let best = values.min(by: { metric.isBetter($0.value, than: $1.value) })
      else { continue }
      winners.append((rate, best.name))
    }
    guard !winners.isEmpty else { return [] }
    let names = Set(winners.map(\.name)).sorted()
    let list = names.map { name in
      "\(name) at \(winners.filter { $0.name == name }.map(\.rate.shortScientific).joined(separator: ", "))"
    }
    return [
      "one learning rate for all would have said, after a quarter of the steps: \(list.joined(separator: "; "))"
    ]
  }

  private var failures: [String] {
    results.filter { $0.failure != nil }.map {
      "\($0.contestant.name) diverged with every learning rate"
    }
  }
}

extension BakeoffResult {
  /// The best value of the metric after the first rung, of the run with that rate.
  func firstValue(at rate: Double) -> Double? {
    runs.first { $0.run.seed == 0 && $0.run.learningRate == rate }?.values.first ?? nil
  }

  /// The best learning rate of the first rung, and the rates around it that come within 1 % of it; nil where nothing
  /// was measured.
  func valley(_ metric: EarlyStopping.Metric) -> (best: Double, flat: ClosedRange<Double>)? {
    let tried = runs.filter { $0.run.seed == 0 }.compactMap { run in
      (run.values.first ?? nil).map { (rate: run.run.learningRate, value: $0) }
    }
    guard
      let best = tried.indices.min(by: { metric.isBetter(tried[$0].value, than: tried[$1].value) })
    else { return nil }
    let limit = 0.01 * abs(tried[best].value)
    func isFlat(_ index: Int) -> Bool { abs(tried[index].value - tried[best].value) <= limit }
    let first = tried.indices[...best].reversed().prefix(while: isFlat).last ?? best
    let last = tried.indices[best...].prefix(while: isFlat).last ?? best
    return (tried[best].rate, tried[first].rate...tried[last].rate)
  }
}
