import ArgumentParser
import Peft
import PeftBasics

/// `FOLDER` for commands about one adapter.
struct AdapterArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("An adapter's folder, as PEFT saves it.", valueName: "folder"))
  var path: String

  func folder(_ unknown: UnknownFieldOptions) throws -> AdapterFolder {
    try AdapterFolder(
      path, registry: Known.tuners, allowsUnknown: unknown.allowUnknownFields)
  }
}

/// `--output` for commands that write an adapter.
struct AdapterOutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder to write, atomically; it may be the adapter's own.",
      valueName: "folder"))
  var output: String

  @Flag(help: "Write into another folder that exists and is not empty; its other files stay.")
  var force = false

  /// Checks that it can be written. An adapter's own folder can: it is meant.
  func check(of adapter: AdapterFolder) throws {
    try FolderWriter.check(output, replacing: replaces(adapter))
  }

  /// Whether there may be something in the folder.
  func replaces(_ adapter: AdapterFolder) -> Bool {
    force || FolderWriter.isOne(output, adapter.path)
  }

  /// Says what was written.
  func note(_ written: RewrittenAdapter, unchanged: String) {
    guard written.hasChanged else {
      return Terminal.note("wrote \(output): a copy, \(unchanged)")
    }
    Terminal.note("wrote \(output): \(written.comparison)")
  }
}
