import Foundation
import PeftBasics
import PeftCheckpoints
import PeftTensors
import PeftTestSupport
import Testing

@Suite("Checkpoints") struct CheckpointTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ name: String, _ tensors: [String: Float]) throws {
    try SafetensorsWriter.write(
      tensors.mapValues { Tensor([$0], shape: [1]) }, to: "\(folder.path)/\(name)")
  }

  private func message(_ path: String = "") -> String? {
    folder.message { _ = try Checkpoint(path: path.isEmpty ? folder.path : path) }?
      .replacingOccurrences(of: folder.path, with: "folder")
  }

  @Test("Several files are one checkpoint, by folder or by index")
  func sharded() throws {
    for path in ["sharded", "sharded/model.safetensors.index.json"] {
      let checkpoint = try Checkpoint(path: Fixture.path("weights/\(path)"))
      #expect(checkpoint.names == ["l0.bias", "l0.weight", "l1.bias", "l1.weight"])
      #expect(checkpoint.info("l1.weight") == TensorInfo(shape: [1, 2], type: .float16))
      #expect(try checkpoint.tensor("l0.weight").floats() == [0, 1, 2, 3, 4, 5])
      #expect(try checkpoint.tensor("l1.weight").floats() == [0, 1])
      #expect(checkpoint.info("none") == nil)
    }
  }

  @Test("One file is found in a folder, or by any name; it goes before an index")
  func single() throws {
    try write("other", ["a": 1])
    #expect(try Checkpoint(path: "\(folder.path)/other").tensor("a").floats() == [1])
    try write("model.safetensors", ["a": 2])
    try folder.file("model.safetensors.index.json", "not read")
    #expect(try Checkpoint(path: folder.path).tensor("a").floats() == [2])
    #expect(try Checkpoint(path: folder.path + "/").names == ["a"])
  }

  @Test("A tensor that no index promised can be read all the same")
  func beyondIndex() throws {
    try write("x.safetensors", ["a": 1, "b": 2])
    try folder.file(
      "model.safetensors.index.json", #"{"weight_map":{"a":"x.safetensors"}}"#)
    let checkpoint = try Checkpoint(path: folder.path)
    #expect(checkpoint.names == ["a", "b"])
    #expect(try checkpoint.tensor("b").floats() == [2])
  }

  @Test("A tensor that is not there is said")
  func noTensor() throws {
    try write("model.safetensors", ["a": 1])
    let checkpoint = try Checkpoint(path: folder.path)
    #expect(
      folder.message { _ = try checkpoint.tensor("b") }?
        .replacingOccurrences(of: folder.path, with: "folder") == """
          folder: there is no tensor 'b'
            fix: choose one of those that are there
          """)
  }

  static let indices: [(text: String, problem: String)] = [
    ("", "the index is not JSON: byte 0: it ends where a value is expected"),
    ("{", "the index is not JSON: byte 1: it ends where '\"' is expected"),
    ("[]", "the index is a list; an object is expected"),
    ("{}", "the index has no 'weight_map'"),
    (#"{"weight_map":7}"#, "'weight_map' is a number; a map from tensors to files is expected"),
    (#"{"weight_map":{}}"#, "'weight_map' is empty"),
    (#"{"weight_map":{},"weight_map":{}}"#, "'weight_map' is there twice"),
    (#"{"weight_map":{"a":1}}"#, "the file of tensor 'a' is a number; a name is expected"),
    (#"{"weight_map":{"a":"x","a":"y"}}"#, "tensor 'a' is in 'weight_map' twice"),
    (
      #"{"metadata":{"total_size":1e3,"a":[null]},"weight_map":{"a":true}}"#,
      "the file of tensor 'a' is true or false; a name is expected"
    ),
  ]

  @Test("Each mistake in an index has its words", arguments: indices.indices)
  func index(number: Int) throws {
    let (text, problem) = Self.indices[number]
    let path = try folder.file("model.safetensors.index.json", text)
    #expect(
      message() == """
        \(URL(fileURLWithPath: path).lastPathComponent): \(problem)
          fix: download the index again
        """)
  }

  @Test(
    "An index does not lead out of its folder",
    arguments: ["../x", "a/x", "/etc/passwd", "..", ".", "", "a\u{0}"])
  func escape(name: String) throws {
    let text = name.replacingOccurrences(of: "\0", with: "\\u0000")
    try folder.file("model.safetensors.index.json", "{\"weight_map\":{\"a\":\"\(text)\"}}")
    let shown = name.replacingOccurrences(of: "\0", with: #"\u{0}"#)
    #expect(
      message() == """
        model.safetensors.index.json: the file of tensor 'a', '\(shown)', is not beside the index
          fix: put all files in one folder, and name them without it
        """)
  }

  @Test("Missing files are all named")
  func missingFiles() throws {
    try write("y", ["b": 1])
    try folder.file(
      "model.safetensors.index.json", #"{"weight_map":{"a":"x","b":"y","c":"z","d":"x"}}"#)
    #expect(
      message() == """
        model.safetensors.index.json: files that the index names are not there: 'x', 'z'
          fix: download them to the folder of the index
        """)
  }

  @Test("Tensors that their file lacks are named, as many as anybody reads")
  func missingTensors() throws {
    try write("x", ["a": 1])
    let lines = (10..<40).map { #""t\#($0)":"x""# }.joined(separator: ",")
    try folder.file("model.safetensors.index.json", #"{"weight_map":{"a":"x",\#(lines)}}"#)
    let names = (10..<30).map { "'t\($0)'" }.joined(separator: ", ")
    #expect(
      message() == """
        model.safetensors.index.json: 'x' lacks tensors that the index puts there: \
        \(names) … and 10 more
          fix: download the index and all files again, from one version of the model
        """)
  }

  @Test("A broken shard is named")
  func brokenShard() throws {
    try folder.file("x", "")
    try folder.file("model.safetensors.index.json", #"{"weight_map":{"a":"x"}}"#)
    #expect(message()?.hasPrefix("x: the file is empty") == true)
  }

  @Test("A folder without weights, and one with an adapter's, say so")
  func noWeights() throws {
    #expect(
      message() == """
        folder: this folder has neither 'model.safetensors' nor 'model.safetensors.index.json'
          fix: name the folder, or the file, that holds the model's weights
        """)
    try write("adapter_model.safetensors", ["a": 1])
    #expect(
      message() == """
        folder: this folder holds an adapter, not the weights of a model
          fix: name the folder of the model that the adapter was made for
        """)
    #expect(
      message(folder.path + "/none") == """
        none: there is no such file
          fix: check the path
        """)
  }

  @Test(
    "Pickled weights come with the line that converts them",
    arguments: [
      ("pytorch_model.bin", "", "pytorch_model*.bin"),
      ("pytorch_model.bin.index.json", "", "pytorch_model*.bin"),
      ("pytorch_model.bin.index.json", "pytorch_model.bin.index.json", "*.bin"),
      ("it's.pt", "it's.pt", "*.pt"),
    ])
  func pickled(name: String, path: String, pattern: String) throws {
    try folder.file(name, "")
    #expect(
      message(path.isEmpty ? "" : "\(folder.path)/\(path)") == """
        \(path.isEmpty ? "folder" : path): the weights are in PyTorch's pickle format, which \
        can run programs
          fix: convert them to safetensors:
          cd 'folder' && python -c "import glob, torch, safetensors.torch as s; s.save_file({n: \
        t.contiguous().clone() for f in glob.glob('\(pattern)') for n, t in torch.load(f, 'cpu', \
        weights_only=True).items()}, 'model.safetensors', {'format': 'pt'})"
        """)
  }
}
