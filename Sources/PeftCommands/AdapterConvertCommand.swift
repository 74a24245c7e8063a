import ArgumentParser
import Peft
import PeftBasics

struct AdapterConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Convert an adapter of any tuner to LoRA, or to full weights.",
    discussion: """
      A LoRA of rank r keeps the r largest singular values of each module's update. With share=0.9 \
      each module gets the smallest rank that keeps 90 % of the update's squared Frobenius norm. The \
      table shows the relative error, ‖ΔW − BA‖ / ‖ΔW‖. Modules and biases that are trained in full \
      are kept as they are.

      The base model's weights are needed only where the update depends on them: DoRA, PiSSA, OLoRA, \
      and --to full, which writes a file with the merged weights of the modules that changed.

      EXAMPLES
        peft adapter convert my-randlora --to lora:r=16 --output my-lora
        peft adapter convert my-dora --model base --to lora:share=0.9 --output lora
        peft adapter convert my-lora --model base --to full --output new.safetensors
      """)

  @OptionGroup var source: BaseModelOptions

  @Option(
    name: .customLong("to"),
    help: ArgumentHelp(
      "lora:r=16, lora:share=0.9, or full.", valueName: "target"),
    transform: target)
  var target: ConversionTarget

  @Option(help: ArgumentHelp("The new adapter's folder; for full, a file.", valueName: "path"))
  var output: String

  @Flag(help: "Write into a folder that exists and is not empty; its other files stay.")
  var force = false

  @OptionGroup var report: ReportOptions

  @Flag(help: "List every module separately.")
  var all = false

  func run() throws {
    switch target {
    case .lora(let size): try convert(to: size)
    case .full: try writeWeights()
    }
  }

  private func convert(to size: LoRASize) throws {
    let loaded = try source.loaded()
    try FolderWriter.check(
      output, keeping: loaded.base.files + loaded.weights.files, replacing: force)
    let converted = try loaded.weights.convertedToLoRA(size, on: loaded.base)
    try converted.adapter.write(
      to: output, on: loaded.base.graph,
      modelConfiguration: loaded.modelConfiguration, replacing: force)
    try Terminal.write(
      converted.report.report(
        as: report.format, listsAll: all, isStyled: Terminal.isStyled))
    Terminal.note(reading: [loaded.weights])
    Terminal.warn(loaded.weights.warnings + converted.report.warnings)
    Terminal.note("wrote \(output)")
  }

  private func writeWeights() throws {
    let loaded = try source.loaded(needsNumbers: true)
    try FileWriter.check(output, keeping: loaded.base.files + loaded.weights.files)
    let entries = try loaded.base.writeUpdatedWeights(of: [loaded.weights], to: output)
    Terminal.note(reading: [loaded.weights])
    Terminal.warn(loaded.weights.warnings)
    Terminal.note("wrote \(output): \(entries.count.grouped) tensors")
  }

  private static func target(_ text: String) throws -> ConversionTarget {
    do { return try ConversionTarget(text) } catch { throw ValidationError("\(error)") }
  }
}
