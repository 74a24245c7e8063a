package import Foundation

/// Executables of this package, which the build puts beside the tests.
package enum BuiltProduct {
  package static func url(_ name: String) throws -> URL {
    let bundles = Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
    let tests = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    let candidates = ([tests, Bundle.main.bundleURL] + bundles).map { $0.appending(path: name) }
    guard
      let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) })
    else { throw MissingProduct(name: name, places: candidates.map(\.path)) }
    return found
  }

  /// A process that has not been started.
  package static func process(_ name: String, _ arguments: String...) throws -> Process {
    try process(name, arguments: arguments)
  }

  package static func process(_ name: String, arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = try url(name)
    process.arguments = arguments
    return process
  }
}

private struct MissingProduct: Error, CustomStringConvertible {
  let name: String
  let places: [String]

  var description: String { "\(name) is not beside the tests, at none of \(places)" }
}

extension Process {
  /// Runs the process and kills it after so many microseconds.
  /// - Returns: Whether it was killed: otherwise it had ended.
  package func runAndKill(after microseconds: useconds_t) throws -> Bool {
    try run()
    usleep(microseconds)
    kill(processIdentifier, SIGKILL)
    waitUntilExit()
    return terminationReason == .uncaughtSignal
  }

  /// Runs the process and, so many microseconds after it is seen to be ready, sends it SIGINT as Ctrl-C
  /// does.
  /// - Returns: Whether it was still running then.
  package func runAndInterrupt(
    after microseconds: useconds_t, isReady: () throws -> Bool
  ) throws -> Bool {
    standardError = FileHandle.nullDevice
    // What runs the tests may have it ignored.
    let handler = signal(SIGINT, SIG_DFL)
    try run()
    signal(SIGINT, handler)
    while isRunning, try !isReady() { usleep(1_000) }
    usleep(microseconds)
    let wasRunning = isRunning
    if wasRunning { kill(processIdentifier, SIGINT) }
    waitUntilExit()
    return wasRunning
  }
}
