import Peft

/// The tuners that the command knows, while it parses, explains itself and runs.
///
/// ArgumentParser makes commands itself, from their types. So what `PeftCommand` was given reaches
/// them with the task.
enum KnownTuners {
  @TaskLocal static var registry = TunerRegistry()
}
