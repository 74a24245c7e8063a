import ArgumentParser
import Peft
import PeftBasics

/// `--output` and `--force`, for commands that write a folder.
struct OutputFolderOptions: ParsableArguments {
  @Option(
    name: .customLong("output"),
    help: ArgumentHelp(
      "The folder to write, atomically.", valueName: "folder"))
  var path: String

  @Flag(help: "Write into a folder that exists and is not empty; its other files stay.")
  var force = false

  /// Checks that it can be written, before long work.
  /// - Parameter kept: Files that are being read and must stay.
  func check(keeping kept: [String] = []) throws {
    try FolderWriter.check(path, keeping: kept, replacing: force)
  }
}
