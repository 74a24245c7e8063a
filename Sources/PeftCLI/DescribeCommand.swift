import ArgumentParser
import Peft

struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Show a model's modules, or list the bundled models.")
}
