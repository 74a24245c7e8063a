import Foundation
import PeftTestSupport
import Testing

@Suite("peft describe --check") struct DescribeCheckTests {
  private func run(_ text: String, _ options: String...) throws -> PeftProcess {
    let folder = try TemporaryFolder()
    let path = try folder.file("m.yaml", text)
    return try PeftProcess(arguments: ["describe", path] + options)
  }

  private static let unread = """
    name: m
    inputs: {x: {type: numbers, shape: [batch, 8]}, z: {type: numbers, shape: [batch, 8]}}
    graph: [linear: {name: a, out: 4, from: x}]
    outputs: {y: previous}
    """

  @Test("Where nothing is wrong it says so, and what there is")
  func fine() throws {
    let text = Self.unread.replacing(", z: {type: numbers, shape: [batch, 8]}", with: "")
    let run = try run(text, "--check")
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.output == "m: no mistakes; 1 input, 1 operation, 1 output, 36 parameters\n")
  }

  @Test("A warning is status 1, as a mistake is, and neither prints a model")
  func warnings() throws {
    let warned = try run(Self.unread, "--check")
    #expect(warned.status == 1 && warned.output.isEmpty)
    #expect(warned.errors.contains("m.yaml:2:49: warning: nothing reads the input 'z'\n"))
    #expect(warned.errors.contains("  fix: name it under a step's 'from', or remove it\n"))
    let wrong = try run(Self.unread.replacing("out: 4", with: "ot: 4"), "--check")
    #expect(wrong.status == 1 && wrong.output.isEmpty)
    #expect(wrong.errors.contains("error: linear has no attribute 'ot'"))
  }

  @Test("Without --check, the model is printed all the same, and the warnings")
  func described() throws {
    let run = try run(Self.unread)
    #expect(run.status == 0 && run.output.hasPrefix("m  "))
    #expect(run.errors.contains("warning: nothing reads the input 'z'"))
  }

  @Test(
    "It needs a model, and prints nothing that has a format",
    arguments: [
      (["describe", "--check"], "--check needs a MODEL."),
      (
        ["describe", "mlp", "--check", "--format", "json"], "--check excludes --tuner and --format"
      ),
      (["describe", "mlp", "--check", "--tuner", "lora"], "--check excludes --tuner and --format"),
    ])
  func commandLine(arguments: [String], words: String) throws {
    let run = try PeftProcess(arguments: arguments)
    #expect(run.status == 64 && run.errors.contains(words))
  }
}
