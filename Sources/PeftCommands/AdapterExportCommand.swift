import ArgumentParser
import Peft
import PeftBasics

struct AdapterExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a LoRA adapter that any program reads correctly.",
    discussion: """
      llama.cpp, vLLM and MLX read r and lora_alpha and nothing else of adapter_config.json. A plain \
      adapter has one rank for all modules, and every other scaling is multiplied into its factors.

      What a plain LoRA cannot hold is an error that lists it, and nothing is written: modules that \
      are trained in full, trained biases, embeddings, lora_bias. DoRA and other tuners can be \
      converted first: see peft adapter convert.

      EXAMPLES
        peft adapter export my-lora --model base --plain --output plain
        peft adapter export my-lora --model base --plain --drop --output plain
      """)

  @OptionGroup var source: BaseModelOptions

  @Flag(help: "Write a plain LoRA, described by r and lora_alpha alone. The only form so far.")
  var plain = false

  @Flag(help: "Leave out what a plain LoRA cannot hold; the model's outputs then differ.")
  var drop = false

  @OptionGroup var output: OutputFolderOptions

  func validate() throws {
    guard plain else { throw ValidationError("Say in which form: --plain is the only one.") }
  }

  func run() throws {
    let loaded = try source.loaded()
    try output.check(keeping: loaded.base.files + loaded.weights.files)
    let export = try PlainLoRA(loaded.weights, on: loaded.base)
    let adapter = try export.adapter(dropping: drop)
    try adapter.write(
      to: output.path, on: loaded.base.graph,
      modelConfiguration: loaded.modelConfiguration, replacing: output.force)
    Terminal.note(reading: [loaded.weights])
    Terminal.warn(loaded.weights.warnings + export.leftOut.map { "left out: \($0)" })
    Terminal.note(
      "wrote \(output.path): rank \(adapter.adapter.configuration.rank ?? 0), "
        + "\(adapter.adapter.updates.count.grouped) modules")
  }
}
