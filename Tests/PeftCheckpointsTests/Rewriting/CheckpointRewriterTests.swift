import Foundation
import PeftBasics
import PeftCheckpoints
import PeftTensors
import PeftTestSupport
import Testing

@Suite("Rewriting checkpoints") struct CheckpointRewriterTests {
  private let folder: TemporaryFolder
  private var target: String { "\(folder.path)/new" }

  init() throws { folder = try TemporaryFolder() }

  /// A model in one file, with what usually lies beside it.
  private func single() throws -> CheckpointRewriter {
    try folder.makeFolder("old/onnx")
    try SafetensorsWriter.write(
      [
        "a": Tensor([1, 2] as [Float], shape: [2]).converted(to: .bfloat16),
        "b": Tensor([3] as [Float], shape: [1]), "c": Tensor([7] as [Int], shape: []),
      ], metadata: ["format": "pt", "who": "me"], to: "\(folder.path)/old/model.safetensors")
    for name in [
      "config.json", "tokenizer.json", "README.md", ".gitattributes", "pytorch_model.bin",
      "tf_model.h5", "flax_model.msgpack", "model-q4.GGUF", "x.onnx", "onnx/model.onnx",
      "adapter_model.safetensors", "pytorch_model.bin.index.json",
    ] { try folder.file("old/\(name)", "old \(name)") }
    try folder.makeLink("old/merges.txt", to: "README.md")
    try folder.makeLink("old/vocab.json", to: "nowhere")
    return CheckpointRewriter(try Checkpoint(path: "\(folder.path)/old"))
  }

  /// A model in two files.
  private func sharded() throws -> CheckpointRewriter {
    CheckpointRewriter(try Checkpoint(path: Fixture.path("weights/sharded")))
  }

  private func message(_ body: () throws -> Void) -> String? { folder.message(body) }

  @Test("Without changes the weights are the same bytes, and files beside them come along")
  func unchanged() throws {
    try single().write(to: target)
    #expect(
      try folder.names(in: "new")
        == ["README.md", "config.json", "merges.txt", "model.safetensors", "tokenizer.json"])
    #expect(try folder.text("new/config.json") == "old config.json")
    #expect(try folder.text("new/merges.txt") == "old README.md")
    #expect(
      try folder.bytes("new/model.safetensors") == folder.bytes("old/model.safetensors"))
    #expect(try folder.names() == ["new", "old"])
  }

  @Test("Several files come out as the same bytes, the index too")
  func unchangedShards() throws {
    try sharded().write(to: target)
    let names = try folder.names(in: "new")
    #expect(names.count == 3)
    for name in names {
      #expect(
        try folder.bytes("new/\(name)") == Fixture.bytes("weights/sharded/\(name)"), "\(name)")
    }
  }

  @Test("Tensors are replaced, added and left out; the rest stays as it is")
  func changes() throws {
    var rewriter = try single()
    try rewriter.replace("a") { Tensor([5, 6] as [Float], shape: [2]).converted(to: .bfloat16) }
    try rewriter.remove("b")
    try rewriter.add("d", TensorInfo(shape: [1, 2], type: .float16)) {
      Tensor([8, 9] as [Float], shape: [1, 2]).converted(to: .float16)
    }
    rewriter.setFile("config.json", Array("new".utf8))
    rewriter.setFile("extra.json", Array("more".utf8))
    #expect(rewriter.info("a") == TensorInfo(shape: [2], type: .bfloat16))
    #expect(rewriter.info("b") == nil)
    try rewriter.write(to: target)
    let checkpoint = try Checkpoint(path: target)
    #expect(checkpoint.names == ["a", "c", "d"])
    #expect(try checkpoint.tensor("a").floats() == [5, 6])
    #expect(checkpoint.info("a")?.type == .bfloat16)
    #expect(try checkpoint.tensor("c").integers() == [7])
    #expect(try checkpoint.tensor("d").floats() == [8, 9])
    let file = try SafetensorsFile(path: "\(target)/model.safetensors")
    #expect(file.metadata == ["format": "pt", "who": "me"])
    #expect(try folder.text("new/config.json") == "new")
    #expect(try folder.text("new/extra.json") == "more")
  }

  @Test("Added tensors go to their neighbour's file or the last one, and the index says so")
  func shards() throws {
    var rewriter = try sharded()
    let two = TensorInfo(shape: [2], type: .float32)
    try rewriter.add("first", two, beside: "l0.bias") { Tensor([1, 2] as [Float], shape: [2]) }
    try rewriter.add("last", two) { Tensor([3, 4] as [Float], shape: [2]) }
    try rewriter.remove("l1.bias")
    try rewriter.replace("l1.weight", as: two) { Tensor([5, 6] as [Float], shape: [2]) }
    try rewriter.write(to: target)
    func names(_ number: Int) throws -> Set<String> {
      Set(try SafetensorsFile(path: "\(target)/model-0000\(number)-of-00002.safetensors").names)
    }
    #expect(try names(1) == ["l0.bias", "l0.weight", "first"])
    #expect(try names(2) == ["l1.weight", "last"])
    let index = try JSONSerialization.jsonObject(
      with: folder.bytes("new/model.safetensors.index.json"))
    let members = try #require(index as? [String: [String: Any]])
    let checkpoint = try Checkpoint(path: target)
    let bytes = try checkpoint.names.map { try checkpoint.tensor($0).byteCount }.reduce(0, +)
    #expect(members["metadata"]?["total_size"] as? Int == bytes)
    #expect(members["weight_map"]?["first"] as? String == "model-00001-of-00002.safetensors")
    #expect(members["weight_map"]?.count == 5)
  }

  @Test("What else an index says stays, and its count of parameters follows the change")
  func indexMetadata() throws {
    for (name, value) in [("x", "a"), ("y", "b")] {
      try SafetensorsWriter.write(
        [value: Tensor([1, 2] as [Float], shape: [2])], to: "\(folder.path)/\(name)")
    }
    let index = try folder.file(
      "some.index.json",
      #"{"metadata": {"total_parameters": 3, "by": ["é\u0041", 1e3], "total_size": 0},"#
        + #""other": 1, "weight_map": {"a": "x", "b": "y"}}"#)
    var rewriter = CheckpointRewriter(try Checkpoint(path: index))
    try rewriter.add("c", TensorInfo(shape: [5], type: .uint8)) {
      Tensor(shape: [5], type: .uint8) { _ in }
    }
    try rewriter.remove("a")
    try rewriter.write(to: target)
    // The file that nothing is left of is gone.
    #expect(try folder.names(in: "new") == ["model.safetensors.index.json", "y"])
    #expect(
      try folder.text("new/model.safetensors.index.json") == #"""
        {
          "metadata": {
            "by": ["é\u0041", 1e3],
            "total_parameters": 6,
            "total_size": 13
          },
          "weight_map": {
            "b": "y",
            "c": "y"
          }
        }

        """#)
  }

  @Test("A file of any name becomes model.safetensors, alone")
  func anyName() throws {
    let path = "\(folder.path)/weights.st"
    try SafetensorsWriter.write(["a": Tensor([1] as [Float], shape: [1])], to: path)
    try folder.file("letters.txt", "private")
    try CheckpointRewriter(Checkpoint(path: path)).write(to: target)
    #expect(try folder.names(in: "new") == ["model.safetensors"])
    #expect(try Checkpoint(path: target).tensor("a").floats() == [1])
  }

  @Test("A folder can be written over itself, also when its weights were in other files")
  func over() throws {
    var rewriter = try single()
    let old = "\(folder.path)/old"
    try rewriter.replace("b") { Tensor([4] as [Float], shape: [1]) }
    try rewriter.write(to: old)
    #expect(try Checkpoint(path: old).tensor("b").floats() == [4])
    #expect(try folder.names(in: "old").contains("pytorch_model.bin"))
    // Read as they were, although the file has been replaced.
    try rewriter.replace("c") { Tensor([8] as [Int], shape: []) }
    try rewriter.write(to: old)
    #expect(try Checkpoint(path: old).tensor("a").floats() == [1, 2])
    // One file in place of two, and two in place of one: nobody finds the weights of before.
    try sharded().write(to: old)
    #expect(try Checkpoint(path: old).names == ["l0.bias", "l0.weight", "l1.bias", "l1.weight"])
    #expect(try !folder.names(in: "old").contains("model.safetensors"))
    try rewriter.write(to: old)
    #expect(try Checkpoint(path: old).names == ["a", "b", "c"])
    #expect(
      try folder.names(in: "old").filter { $0.hasPrefix("model") }
        == ["model-q4.GGUF", "model.safetensors"])
  }

  @Test("A tensor that is not as announced is refused, and the folder stays as it was")
  func announced() throws {
    try folder.makeFolder("new")
    try folder.file("new/config.json", "before")
    var rewriter = try single()
    try rewriter.replace("a") { Tensor([5, 6] as [Float], shape: [2]) }
    #expect(
      message { try rewriter.write(to: target) } == """
        new/model.safetensors: tensor 'a' was to be BF16 [2], and is F32 [2]
          fix: give it that shape and type, or announce the other
        """)
    try rewriter.replace("a", as: TensorInfo(shape: [2], type: .float32)) {
      Tensor([5, 6] as [Float], shape: [2, 1])
    }
    #expect(
      message { try rewriter.write(to: target) }?.contains("F32 [2], and is F32 [2, 1]") == true)
    #expect(try folder.names(in: "new") == ["config.json"])
    #expect(try folder.text("new/config.json") == "before")
    #expect(try folder.names() == ["new", "old"])
  }

  @Test("Names that are not there, or are already, are said")
  func names() throws {
    var rewriter = try single()
    let info = TensorInfo(shape: [], type: .float32)
    let tensor = { Tensor([1] as [Float], shape: []) }
    func reason(_ body: () throws -> Void) -> CheckpointError.Reason? {
      do { try body() } catch { return (error as? CheckpointError)?.reason }
      return nil
    }
    #expect(reason { try rewriter.replace("none", with: tensor) } == .noTensor("none"))
    #expect(reason { try rewriter.remove("none") } == .noTensor("none"))
    #expect(reason { try rewriter.add("a", info, tensor) } == .tensorThere("a"))
    #expect(
      reason { try rewriter.add("d", info, beside: "none", tensor) } == .noTensor("none"))
    for name in ["model.safetensors", "model-00001-of-00002.safetensors"] {
      var other = rewriter
      other.setFile(name, [])
      #expect(reason { try other.write(to: target) } == .fileNameTaken(name))
    }
    #expect(
      message { try rewriter.add("a", info, tensor) }
        == """
        \(folder.path)/old: there is a tensor 'a' already
          fix: replace it, or choose another name
        """.replacingOccurrences(of: folder.path + "/", with: ""))
    #expect(try folder.names() == ["old"])
  }

  @Test("An index whose files would hide each other is not written")
  func hiding() throws {
    try SafetensorsWriter.write(
      ["a": Tensor([1] as [Float], shape: [1])], to: "\(folder.path)/model.safetensors")
    try SafetensorsWriter.write(
      ["b": Tensor([1] as [Float], shape: [1])], to: "\(folder.path)/x")
    let index = try folder.file(
      "some.index.json", #"{"weight_map": {"a": "model.safetensors", "b": "x"}}"#)
    let rewriter = CheckpointRewriter(try Checkpoint(path: index))
    #expect(
      message { try rewriter.write(to: target) } == """
        some.index.json: two files would be called 'model.safetensors'
          fix: choose another name for one of them
        """)
  }

  @Test("A tensor is asked for when its turn comes, and once")
  func turns() throws {
    var rewriter = try single()
    var asked: [String] = []
    for name in ["a", "b", "c"] {
      let tensor = try Checkpoint(path: "\(folder.path)/old").tensor(name)
      try rewriter.replace(name) {
        asked.append(name)
        return tensor
      }
    }
    #expect(asked == [])
    try rewriter.write(to: target)
    #expect(asked == ["c", "b", "a"])  // wide types first
  }
}
