import Foundation
import PeftTestSupport
import Testing

@Suite("A file that is shortened while it is read") struct ShortenedFileTests {
  @Test("Ends a training with one message, and the run goes on from its last save")
  func training() throws {
    let folder = try TemporaryFolder.withTokens()
    try folder.copy(Fixture.path("checkpoints/gpt2"), to: "model")
    let weights = "model/model.safetensors"
    let whole = try folder.bytes(weights)
    let recipe = try folder.recipe(
      "r.yaml", ["model": folder.path("model"), "steps": "1000000", "save_every": "3"])
    let process = try BuiltProduct.process("peft", "train", recipe)
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    while process.isRunning,
      try !folder.exists("run/state") || folder.losses(of: "run").count < 10
    {
      usleep(2_000)
    }
    // In place, not by another file of that name.
    #expect(truncate(folder.path(weights), 0) == 0)
    let errors = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 1)
    #expect(
      errors.hasSuffix(
        """

        \(folder.path)/\(weights): error: the file was shortened while it was read, or its disk fails
          fix: leave models and data as they are while they are used; what was saved before is kept

        """), "\(errors)")
    #expect(errors.components(separatedBy: "error:").count == 2, "\(errors)")

    try folder.file(weights, whole)
    let resumed = try BuiltProduct.process("peft", "train", "--resume", folder.path("run"))
    var steps: Int?
    let wasInterrupted = try resumed.runAndInterrupt(after: 0) {
      // The log is cut to the last save before it grows again.
      let count = try folder.losses(of: "run").count
      defer { steps = count }
      return steps.map { $0 < count } ?? false
    }
    #expect(wasInterrupted && resumed.terminationStatus == 0)
  }
}
