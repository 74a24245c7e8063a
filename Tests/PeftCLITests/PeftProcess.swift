import Foundation
import Testing

/// Runs the command as a user would, and gives what it printed.
struct PeftProcess {
  let status: Int32
  let output: String
  let errors: String

  init(_ arguments: String..., environment: [String: String] = [:]) throws {
    try self.init(arguments: arguments, environment: environment)
  }

  init(
    arguments: [String], environment: [String: String] = [:], in workingFolder: URL? = nil
  ) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("peft-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files, because a pipe that nobody reads yet would stop the command when it is full.
    let (out, err) = (
      folder.appendingPathComponent("out"), folder.appendingPathComponent("err")
    )
    for file in [out, err] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = try Self.executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let workingFolder { process.currentDirectoryURL = workingFolder }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    try process.run()
    process.waitUntilExit()
    status = process.terminationReason == .exit ? process.terminationStatus : -1
    output = try String(contentsOf: out, encoding: .utf8)
    errors = try String(contentsOf: err, encoding: .utf8)
  }

  var json: Any {
    get throws { try JSONSerialization.jsonObject(with: Data(output.utf8)) }
  }

  /// The command, which the build puts beside the tests.
  static var executable: URL {
    get throws {
      let bundles = Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
      let tests = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      let candidates = ([tests, Bundle.main.bundleURL] + bundles)
        .map { $0.appendingPathComponent("peft") }
      return try #require(
        candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) },
        "the command is not beside the tests, at none of \(candidates.map(\.path))")
    }
  }
}
