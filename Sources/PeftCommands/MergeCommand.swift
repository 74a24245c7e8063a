import ArgumentParser
import Peft

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Write a model with an adapter merged into its weights.",
    discussion: """
      The new folder is a checkpoint like the model's: its types, its shards, its other files. Sums are \
      computed in 32 bits and rounded once. Before the folder takes its place, the new checkpoint is \
      read and compared with the adapted model on random inputs. A head that is tied to the embedding \
      is untied where the adapter changes only one of the two.

      EXAMPLES
        peft merge my-checkpoint --adapter my-adapter --output merged
        peft merge my-checkpoint --adapter one --adapter two --output merged
        peft merge gpt2 --weights model.safetensors --adapter my-adapter --output merged
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var weights: WeightOptions
  @OptionGroup var adapters: AdapterOptionGroup

  @OptionGroup var output: OutputFolderOptions

  @Flag(help: "Do not compare the new checkpoint with the adapted model.")
  var noCheck = false

  func validate() throws {
    guard !adapters.reading.noAdapter else { throw Self.noAdapter }
  }

  private static let noAdapter = ValidationError("Give at least one --adapter.")

  func run() throws {
    let description = try model.description().adapted(by: adapters.paths)
    let folders = try adapters.folders(of: description, model.settings.known)
    guard !folders.isEmpty else { throw Self.noAdapter }
    let merged = try MergedCheckpoint(
      description, weights: weights.path, for: folders, threads: weights.threadCount()
    ) { base in try adapters.weights(of: folders, for: base) }
    try output.check(keeping: merged.files)
    Terminal.warn(merged.base.warnings + merged.adapters.flatMap(\.warnings))
    Terminal.note(reading: merged.adapters)
    let count = merged.changedParameters.count
    var progress = Progress("merging", of: count)
    let difference = try merged.write(
      to: output.path, replacing: output.force, isChecked: !noCheck
    ) { _ in progress.advance() }
    progress.finish()
    for name in merged.separatedParameters {
      Terminal.note("note: \(name) is no longer tied")
    }
    Terminal.note("wrote \(output.path): \(count) tensors changed")
    if let difference { show(difference) }
  }

  private func show(_ difference: OutputDifference) {
    if difference.notFinite > 0 {
      let all = (difference.notFinite + difference.count).grouped
      Terminal.warn([
        "\(difference.notFinite.grouped) of \(all) outputs on random inputs are inf or NaN, with the adapter as "
          + "in the merged model: look at the adapter's weights"
      ])
    }
    guard difference.count > 0 else { return }
    Terminal.note(
      "on random inputs it differs from the adapted model by \(difference.largest.scientific) at most, "
        + "\(difference.mean.scientific) on average; the largest output is "
        + "\(difference.scale.scientific)")
  }
}
