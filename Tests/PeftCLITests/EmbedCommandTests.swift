import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("peft embed") struct EmbedCommandTests {
  private static let model = EvaluateCommandTests.path("sentences")

  @Test("JSON has each text with its vector, which has the length 1 where the folder says so")
  func json() throws {
    let run = try PeftProcess("embed", Self.model, "fixed a crash", "a crash")
    #expect(run.status == 0, "\(run.errors)")
    let rows = try #require(try run.json as? [[String: Any]])
    #expect(rows.map { $0["text"] as? String } == ["fixed a crash", "a crash"])
    let vectors = rows.compactMap { $0["vector"] as? [Double] }
    #expect(vectors.map(\.count) == [16, 16])
    for vector in vectors { #expect((vector.reduce(0) { $0 + $1 * $1 } - 1).magnitude < 1e-6) }
    let raw = try PeftProcess(
      "embed", Self.model, "a crash", "--no-normalize", "--pooling", "mean")
    let mean = try #require((try raw.json as? [[String: Any]])?.first?["vector"] as? [Double])
    #expect((mean.reduce(0) { $0 + $1 * $1 } - 1).magnitude > 1e-3)
  }

  @Test("Files have a row for each text, in their order")
  func files() throws {
    let folder = try TemporaryFolder()
    let rows = EvaluateCommandTests.path("rows.csv")
    for name in ["v.npy", "v.safetensors"] {
      let run = try PeftProcess(
        "embed", Self.model, "--file", rows, "--output", folder.path(name))
      #expect(run.errors == "wrote \(folder.path(name)): [48, 16]\n")
    }
    let array = try NumPyFile(path: folder.path("v.npy")).tensor
    let tensor = try SafetensorsFile(path: folder.path("v.safetensors")).tensor("vectors")
    #expect(array.shape == [48, 16] && array.floats() == tensor?.floats())
  }

  @Test(
    "Mistakes are one message",
    arguments: [
      (
        [model, "a", "--output", "v.txt"], 64,
        "--output takes a file that ends in .npy or .safetensors."
      ),
      ([model, "a", "--pooling", "max"], 64, "'max' is no pooling; choose mean or cls."),
      (
        [EvaluateCommandTests.path("bert"), "a"], 1,
        """
        error: the model has no output last_hidden_state, but logits
          fix: give an encoder without a head: config.json has BertModel or the like in 'architectures'
        """
      ),
    ] as [([String], Int32, String)])
  func mistakes(arguments: [String], status: Int32, message: String) throws {
    let run = try PeftProcess(arguments: ["embed"] + arguments)
    #expect(run.status == status, "\(run.errors)")
    #expect(run.errors.contains(message), "\(run.errors)")
  }
}
