import Peft

/// What the command knows, while it parses, explains itself and runs.
///
/// ArgumentParser makes commands itself, from their types. So what `PeftCommand` was given reaches
/// them with the task.
enum Known {
  @TaskLocal static var catalog = TrainingCatalog(tuners: TunerRegistry())

  static var tuners: TunerRegistry { catalog.tuners }

  /// The optimizers in words: "adamw, adam or sgd".
  static var optimizerNames: String { alternatives(catalog.methods.optimizers.map { $0.name }) }

  /// The schedules in words.
  static var scheduleNames: String { alternatives(catalog.methods.schedules.map { $0.name }) }

  private static func alternatives(_ names: [String]) -> String {
    guard names.count > 1, let last = names.last else { return names.joined() }
    return "\(names.dropLast().joined(separator: ", ")) or \(last)"
  }
}
