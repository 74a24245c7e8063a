import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("peft run") struct RunCommandTests {
  /// A folder for inputs and outputs.
  private struct Workplace {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func path(_ name: String) -> String { folder.path(name) }

    /// A file of inputs.
    func write(_ tensors: [String: Tensor]) throws -> String {
      try SafetensorsWriter.write(tensors, to: path("in.safetensors"))
      return path("in.safetensors")
    }

    func run(
      _ arguments: String..., environment: [String: String] = [:]
    ) throws -> PeftProcess {
      try PeftProcess(
        arguments: ["run"] + arguments + ["--output", path("out.safetensors")],
        environment: environment)
    }
  }

  private static let gpt2 = Fixture.path("checkpoints/gpt2")
  private static let adapter = Fixture.path("adapted/gpt2-lora")
  private static let ids = Tensor([5, 17, 3, 58], shape: [1, 4])

  @Test("Outputs are written, and what was done is said on standard error")
  func outputs() throws {
    let place = try Workplace()
    let result = try place.run(Self.gpt2, "--input", place.write(["input_ids": Self.ids]))
    #expect(result.status == 0)
    #expect(result.output.isEmpty)
    #expect(result.errors == "wrote \(place.path("out.safetensors")): logits [1, 4, 61]\n")
    let file = try SafetensorsFile(path: place.path("out.safetensors"))
    let expected = try Model(Self.gpt2)(["input_ids": Self.ids])["logits"]
    #expect(file.tensor("logits")?.floats() == expected?.floats())
  }

  @Test("A tensor that the model has no input for is ignored with a note")
  func labels() throws {
    let place = try Workplace()
    let result = try place.run(
      Self.gpt2, "--input", place.write(["input_ids": Self.ids, "labels": Self.ids]))
    #expect(result.status == 0)
    #expect(
      result.errors.contains("note: labels is ignored: the model has no such input\n"))
  }

  @Test("An adapter, several runs and other threads go together")
  func adapter() throws {
    let place = try Workplace()
    let result = try place.run(
      Self.gpt2, "--adapter", Self.adapter, "--repeat", "2", "--threads", "3", "--input",
      place.write(["input_ids": Self.ids]))
    #expect(result.status == 0)
    #expect(result.errors.split(separator: "\n").count(where: { $0.hasSuffix(" s") }) == 2)
    let model = try AdapterFolder(Self.adapter).applied(to: Model(Self.gpt2))
    let file = try SafetensorsFile(path: place.path("out.safetensors"))
    #expect(
      try file.tensor("logits")?.floats()
        == model(["input_ids": Self.ids])["logits"]?.floats())
  }

  @Test("Weights can lie elsewhere than the description")
  func weights() throws {
    let place = try Workplace()
    let result = try place.run(
      "\(Self.gpt2)/config.json", "--weights", "\(Self.gpt2)/model.safetensors", "--input",
      place.write(["input_ids": Self.ids]))
    #expect(result.status == 0)
    #expect(result.errors == "wrote \(place.path("out.safetensors")): logits [1, 4, 61]\n")
  }

  @Test(
    "What is missing or wrong is one message and status 1",
    arguments: [
      (
        ["labels": Tensor([1], shape: [1, 1])],
        """
        error: the model needs input_ids, and found labels
          fix: add it to the inputs
        """
      ),
      (
        ["input_ids": Tensor([1, 61], shape: [1, 2])],
        """
        error: transformer.wte: there is no row 61 in its table of 61
          fix: give indices below 61: tokens of this model's vocabulary, and no longer sequence than \
        it has positions
        """
      ),
      (
        ["input_ids": Tensor([1, 2], shape: [2])],
        """
        error: input_ids has the shape [2]
          fix: give it the shape [batch, sequence]
        """
      ),
      (
        ["input_ids": Tensor([0.5 as Float], shape: [1, 1])],
        """
        error: input_ids is made of F32
          fix: give integers
        """
      ),
    ])
  func badInputs(inputs: [String: Tensor], message: String) throws {
    let place = try Workplace()
    let result = try place.run(Self.gpt2, "--input", place.write(inputs))
    #expect(result.status == 1)
    #expect(result.errors.hasSuffix(message + "\n"), "\(result.errors)")
    #expect(!place.folder.exists("out.safetensors"))
  }

  @Test("A description alone has no numbers")
  func description() throws {
    let place = try Workplace()
    let result = try place.run("gpt2", "--input", place.write(["input_ids": Self.ids]))
    #expect(result.status == 1)
    #expect(
      result.errors == """
        error: gpt2 is a description, without weights
          fix: name its weights, a safetensors file or a folder with one, or give a checkpoint's \
        folder in its place

        """)
  }

  @Test("A place where nothing can be written is refused before anything runs")
  func noFolder() throws {
    let result = try PeftProcess(
      "run", Self.gpt2, "--input", "never-read.safetensors", "--output", "no/such/out.safetensors")
    #expect(result.status == 1)
    #expect(
      result.errors == """
        no/such/out.safetensors: error: there is no folder 'no/such'
          fix: make it, for example with 'mkdir -p', or choose another

        """)
  }

  @Test("A .npy file needs the name of its input")
  func unnamed() throws {
    let place = try Workplace()
    let result = try place.run(Self.gpt2, "--input", "ids.npy")
    #expect(result.status == 1)
    #expect(
      result.errors == """
        ids.npy: error: a .npy file does not say which input it is
          fix: write the name before it, as in input_ids=ids.npy

        """)
  }

  @Test("Nothing that is read is replaced")
  func replacing() throws {
    let place = try Workplace()
    let folder = try place.folder.copy(Self.gpt2, to: "model")
    let inputs = try place.write(["input_ids": Self.ids])
    try place.folder.makeLink("link", to: "\(folder)/model.safetensors")
    for name in ["in.safetensors", "model/model.safetensors", "link"] {
      let before = try place.folder.bytes(name)
      let result = try PeftProcess(
        "run", folder, "--input", inputs, "--output", place.path(name))
      #expect(result.status == 1)
      #expect(result.errors.contains("would be replaced\n  fix: choose another name\n"))
      #expect(try place.folder.bytes(name) == before)
    }
    // What lies beside the model is no part of it.
    let result = try PeftProcess(
      "run", folder, "--input", inputs, "--output", "\(folder)/new.safetensors")
    #expect(result.status == 0)
    #expect(
      try place.folder.names(in: "model")
        == FileManager.default.contentsOfDirectory(atPath: Self.gpt2).sorted() + ["new.safetensors"]
    )
  }

  @Test(
    "Options of adapters need one",
    arguments: [["--torch-bases", "older"], ["--lenient"]])
  func adapterOptions(options: [String]) throws {
    let result = try PeftProcess(
      arguments: ["run", Self.gpt2, "--input", "x", "--output", "y"] + options)
    #expect(result.status == 64)
    #expect(result.errors.hasPrefix("Error: --torch-bases and --lenient need an --adapter.\n"))
  }

  @Test("A safetensors file says itself which inputs it has")
  func named() throws {
    let place = try Workplace()
    let result = try place.run(Self.gpt2, "--input", "input_ids=ids.safetensors")
    #expect(result.status == 1)
    #expect(
      result.errors == """
        input_ids=ids.safetensors: error: only a .npy file has the input's name before it
          fix: give ids.safetensors alone, as a safetensors file that names its inputs

        """)
  }

  @Test("Names from files cannot steer the terminal")
  func hostileName() throws {
    let place = try Workplace()
    let name = "\u{1B}[31mevil\nwarning: \(String(repeating: "x", count: 500))"
    let result = try place.run(
      Self.gpt2, "--input", place.write(["input_ids": Self.ids, name: Self.ids]))
    #expect(result.status == 0)
    #expect(result.errors.hasPrefix("note: \\u{1b}[31mevil\\u{a}warning: xxx"))
    #expect(result.errors.split(separator: "\n").allSatisfy { $0.count < 220 })
  }

  @Test("A number of threads that cannot be had is refused", arguments: ["0", "two", "-1", "9999"])
  func threads(text: String) throws {
    let place = try Workplace()
    let inputs = try place.write(["input_ids": Self.ids])
    let words = "is '\(text)'\n  fix: give a whole number of threads from 1 to 1024\n"
    let variable = try place.run(
      Self.gpt2, "--input", inputs, environment: ["PEFT_THREADS": text])
    #expect(variable.status == 1)
    #expect(variable.errors == "error: PEFT_THREADS \(words)")
    let option = try place.run(Self.gpt2, "--input", inputs, "--threads=\(text)")
    #expect(option.status == 64)
    #expect(option.errors.contains("'\(text)'"))
    #expect(option.errors.contains("give a whole number of threads from 1 to 1024\n"))
  }
}
