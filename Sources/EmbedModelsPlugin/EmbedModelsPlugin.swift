import Foundation
import PackagePlugin

/// Embeds `Models/*.yaml` in the library, so that a new model is a new file and nothing else.
@main
struct EmbedModelsPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let folder = context.package.directoryURL.appending(path: "Models")
    let models = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "yaml" }.sorted { $0.path < $1.path }
    let output = context.pluginWorkDirectoryURL.appending(path: "BundledTexts.swift")
    return [
      .buildCommand(
        displayName: "Embed \(models.count) model descriptions",
        executable: try context.tool(named: "EmbedModels").url,
        arguments: [output.path] + models.map(\.path),
        inputFiles: models, outputFiles: [output])
    ]
  }
}
