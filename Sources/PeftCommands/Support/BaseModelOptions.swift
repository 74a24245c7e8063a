import ArgumentParser
import Peft

/// An adapter's folder and the model it belongs to.
struct BaseModelOptions: ParsableArguments {
  @Argument(help: "An adapter's folder, as PEFT saves it.")
  var adapter: String

  @Option(
    help: ArgumentHelp(
      "The base model. It can be left out where adapter_config.json names a folder here or a bundled "
        + "model.", valueName: "model"))
  var model: String?

  @OptionGroup var settings: SettingOptions

  @Option(
    help: ArgumentHelp(
      "The base model's weights, if not in its folder: a safetensors file, or a folder with some.",
      valueName: "path"))
  var weights: String?

  @OptionGroup var bases: TorchBasesOption

  /// Reads both.
  /// - Parameter needsNumbers: Whether the base's weights are needed in any case.
  func loaded(needsNumbers: Bool = false) throws -> AdapterOnBase {
    try AdapterOnBase(
      AdapterFolder(
        adapter, registry: Known.tuners,
        allowsUnknown: settings.known.unknown.allowUnknownFields), model: model,
      setting: settings.settings.map { ($0.name, $0.value) },
      families: settings.known.families(), baseWeights: weights,
      generation: bases.generation, needsNumbers: needsNumbers,
      threads: ThreadCount.fromEnvironment())
  }
}
