import ArgumentParser

struct AdapterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adapter",
    abstract: "Look into saved adapters, and write them in other ways.",
    subcommands: [
      AdapterInspectCommand.self, AdapterSlimCommand.self, AdapterRestoreCommand.self,
      AdapterConvertCommand.self, AdapterExportCommand.self,
    ])
}
