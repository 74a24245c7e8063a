import Peft
import PeftBasics

/// What this machine reaches in training: as it was measured before, or measured now and kept.
enum MeasuredRates {
  /// - Parameter anew: Whether it is measured even where it was before.
  static func rates(threads: Int?, anew: Bool) throws -> MachineRates {
    let cache = RatesCache()
    if !anew, let known = cache?.rates(threads: threads) { return known }
    Terminal.status("measuring this machine")
    let rates = try MachineRates.inTraining(Known.tuners, threads: threads)
    Terminal.status("")
    guard let cache else {
      Terminal.warn(["what was measured is not kept: there is neither HOME nor XDG_CACHE_HOME"])
      return rates
    }
    do { try cache.keep(rates, threads: threads) } catch {
      Terminal.warn(["what was measured is not kept: \(error.path): \(error.words.problem)"])
    }
    return rates
  }

  /// As it was measured before; nil where it was not.
  static func known(threads: Int?) -> MachineRates? { RatesCache()?.rates(threads: threads) }
}
