import Foundation
import PeftBasics
import PeftCheckpoints
import PeftTensors
import PeftTestSupport
import Testing

@Suite("Writing safetensors files") struct SafetensorsWriterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func written(
    _ tensors: [String: Tensor], metadata: [String: String] = ["format": "pt"]
  ) throws -> Data {
    try SafetensorsWriter.write(
      tensors, metadata: metadata, to: folder.path("written.safetensors"))
    return try folder.bytes("written.safetensors")
  }

  /// Bytes that mean something in every type.
  private func tensor(_ shape: [Int], _ type: NumberType) -> Tensor {
    Tensor(shape: shape, type: type) { bytes in
      for index in bytes.indices { bytes[index] = UInt8(index % 2) }
    }
  }

  @Test("What is written is read", arguments: NumberType.allCases)
  func roundTrip(type: NumberType) throws {
    let shapes: [[Int]] = [[], [1], [0], [3, 0, 2], [5], [3, 7], [2, 1, 3, 1]]
    let tensors = Dictionary(
      uniqueKeysWithValues: shapes.map { ("tensor \($0)", tensor($0, type)) })
    _ = try written(tensors)
    let file = try SafetensorsFile(path: "\(folder.path)/written.safetensors")
    #expect(Set(file.names) == Set(tensors.keys))
    for (name, tensor) in tensors {
      let other = try #require(file.tensor(name))
      #expect(other.shape == tensor.shape)
      #expect(other.type == type)
      #expect(other.floats() == tensor.floats())
    }
  }

  @Test("Names and metadata come back, whatever is in them")
  func names() throws {
    let names = ["", "é", "\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}", "\u{1F600}", "a.b.c"]
    let metadata = Dictionary(uniqueKeysWithValues: names.map { ($0, $0) })
    _ = try written(
      Dictionary(uniqueKeysWithValues: names.map { ($0, Tensor([1], shape: [])) }),
      metadata: metadata)
    let file = try SafetensorsFile(path: "\(folder.path)/written.safetensors")
    #expect(Set(file.names) == Set(names))
    #expect(file.metadata == metadata)
  }

  @Test("The file is byte for byte the one that Python wrote", arguments: ["types", "small"])
  func python(name: String) throws {
    let path = "weights/\(name).safetensors"
    let file = try SafetensorsFile(path: Fixture.path(path))
    let tensors = Dictionary(uniqueKeysWithValues: file.names.map { ($0, file.tensor($0)!) })
    #expect(try written(tensors, metadata: file.metadata) == Fixture.bytes(path))
  }

  @Test("The same tensors give the same bytes, as many as the layout says")
  func deterministic() throws {
    let pairs = (0..<60).map { index in
      ("layers.\(index).weight", tensor([index % 7, 3], NumberType.allCases[index % 8]))
    }
    let layout = try SafetensorsLayout(
      pairs.map { .init(name: $0.0, shape: $0.1.shape, type: $0.1.type) },
      metadata: ["b": "1", "a": "2"])
    var generator = RandomNumbers(seed: 2)
    var files = Set<Data>()
    for _ in 0..<5 {
      let tensors = Dictionary(uniqueKeysWithValues: pairs.shuffled(using: &generator))
      let bytes = try written(tensors, metadata: ["a": "2", "b": "1"])
      #expect(bytes.count == layout.fileBytes)
      #expect(bytes.dropFirst(8).prefix(layout.headerBytes) == Data(layout.header))
      files.insert(bytes)
    }
    #expect(files.count == 1)
    #expect(
      try SafetensorsFile(path: "\(folder.path)/written.safetensors").names
        == layout.entries.map(\.name))
  }

  @Test("A file without tensors or metadata is still one")
  func empty() throws {
    #expect(try written([:], metadata: [:]) == Data(RawSafetensors.file("{}      ")))
  }

  @Test("A tensor may come from the file that is replaced")
  func replacing() throws {
    _ = try written(["a": Tensor([1, 2, 3], shape: [3])])
    let old = try SafetensorsFile(path: "\(folder.path)/written.safetensors")
    _ = try written(["b": #require(old.tensor("a")), "a": Tensor([9], shape: [])])
    let new = try SafetensorsFile(path: "\(folder.path)/written.safetensors")
    #expect(new.tensor("b")?.floats() == [1, 2, 3])
  }

  @Test("Tensors are asked for one by one, in the file's order, and give the same file")
  func streaming() throws {
    let tensors = ["a": tensor([2], .uint8), "b": tensor([3], .float32), "c": tensor([], .float32)]
    let expected = try written(tensors)
    let path = "\(folder.path)/streamed.safetensors"
    let entries = tensors.map {
      SafetensorsLayout.Entry(name: $0.key, shape: $0.value.shape, type: $0.value.type)
    }
    var asked: [String] = []
    try SafetensorsWriter.write(entries, to: path) { entry in
      asked.append(entry.name)
      return tensors[entry.name]!
    }
    #expect(asked == ["b", "c", "a"])
    #expect(try folder.bytes("streamed.safetensors") == expected)
  }

  @Test("A tensor that is not as announced, or announced twice, is refused")
  func announced() throws {
    let path = "\(folder.path)/a.safetensors"
    let entry = SafetensorsLayout.Entry(name: "a", shape: [2], type: .uint8)
    for (other, found) in [
      (tensor([1], .uint8), "U8 [1]"), (tensor([2], .bool), "BOOL [2]"),
      (tensor([2, 1], .uint8), "U8 [2, 1]"),
    ] {
      #expect(
        folder.message { try SafetensorsWriter.write([entry], to: path) { _ in other } } == """
          a.safetensors: tensor 'a' was to be U8 [2], and is \(found)
            fix: give it that shape and type, or announce the other
          """)
    }
    #expect(
      folder.message {
        try SafetensorsWriter.write([entry, entry], to: path) { _ in tensor([2], .uint8) }
      } == """
        a.safetensors: there are two tensors 'a'
          fix: give each its own name
        """)
    #expect(try folder.names() == [])
  }

  @Test("What cannot be written is said, and nothing is left behind")
  func refusals() throws {
    let path = "\(folder.path)/written.safetensors"
    #expect(
      folder.message {
        try SafetensorsWriter.write(["__metadata__": Tensor([1], shape: [])], to: path)
      } == """
        written.safetensors: a tensor cannot be called '__metadata__'
          fix: choose another name
        """)
    #expect(
      folder.message {
        try SafetensorsWriter.write([:], to: folder.path("none/a.safetensors"))
      } == """
        none/a.safetensors: there is no folder 'none'
          fix: make it, for example with 'mkdir -p', or choose another
        """)
    #expect(try folder.names() == [])
  }
}
