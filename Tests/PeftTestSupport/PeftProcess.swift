package import Foundation

/// Runs the command, or another program of this package, as a user would, and gives what it printed.
package struct PeftProcess {
  package let status: Int32
  package let output: String
  package let errors: String

  package init(_ arguments: String..., environment: [String: String] = [:]) throws {
    try self.init(arguments: arguments, environment: environment)
  }

  package init(
    _ product: String = "peft", arguments: [String], environment: [String: String] = [:],
    in workingFolder: URL? = nil, standardInput: FileHandle? = nil
  ) throws {
    // Files, because a pipe that nobody reads yet would stop the command when it is full.
    let folder = try TemporaryFolder()
    for name in ["out", "err"] { try folder.file(name, "") }
    let process = try BuiltProduct.process(product)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let workingFolder { process.currentDirectoryURL = workingFolder }
    process.standardInput = standardInput ?? FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: folder.url("out"))
    process.standardError = try FileHandle(forWritingTo: folder.url("err"))
    try process.run()
    process.waitUntilExit()
    status = process.terminationReason == .exit ? process.terminationStatus : -1
    output = try folder.text("out")
    errors = try folder.text("err")
  }

  package var json: Any {
    get throws { try JSONSerialization.jsonObject(with: Data(output.utf8)) }
  }
}
