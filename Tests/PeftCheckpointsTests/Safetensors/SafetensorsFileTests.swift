import Foundation
import PeftBasics
import PeftCheckpoints
import PeftTensors
import PeftTestSupport
import Testing

@Suite("Reading safetensors files") struct SafetensorsFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ bytes: [UInt8]) throws -> SafetensorsFile {
    try SafetensorsFile(path: folder.file("a.safetensors", bytes))
  }

  @Test("Numbers, shapes, types and metadata are those that Python wrote")
  func python() throws {
    let file = try SafetensorsFile(path: Fixture.path("weights/types.safetensors"))
    #expect(file.metadata == ["quote": "é \"\\\n\u{1}"])
    for type in NumberType.allCases {
      let tensor = try #require(file.tensor("\(type)"))
      #expect(file.info("\(type)") == TensorInfo(shape: [2, 3], type: type))
      #expect(tensor.floats() == (type == .bool ? [0, 1, 1, 0, 1, 0] : [0, 1, 2, 3, 4, 5]))
      #expect(file.tensor("scalar \(type)")?.shape == [])
      #expect(file.tensor("scalar \(type)")?.floats() == [1])
      #expect(file.tensor("empty \(type)")?.shape == [3, 0])
      #expect(file.tensor("empty \(type)")?.floats() == [])
    }
    #expect(file.info("ü.\u{1F600}")?.shape == [1, 1, 1])
    #expect(file.names.count == 3 * NumberType.allCases.count + 1)
  }

  @Test("Of the beginning of a file shapes can be read, where that is asked for, and no tensor")
  func truncated() throws {
    let path = try folder.file(
      "a.safetensors", RawSafetensors.file("{\(RawSafetensors.entry("a"))}", data: 4))
    #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
    let file = try SafetensorsFile(path: path, isWhole: false)
    #expect(file.isTruncated && file.tensor("a") == nil)
    #expect(file.info("a") == TensorInfo(shape: [2], type: .float32))
    #expect(try !read(RawSafetensors.file("{\(RawSafetensors.entry("a"))}", data: 8)).isTruncated)
  }

  @Test("Escapes, blanks, unknown fields and padding are read")
  func json() throws {
    let header = #"""
      { "a\u0041\n\ud83d\ude00\/" : { "more" : [ {"x": -1.5e+3}, true, false, null, "" ] ,
        "data_offsets":[ 0 , 8 ], "shape" : [2], "dtype":"F32" } }
      """#
    for padding in ["", " ", "\n", "      "] {
      let file = try read(RawSafetensors.file(header + padding, data: 8))
      #expect(file.names == ["aA\n\u{1F600}/"])
      #expect(file.info("aA\n\u{1F600}/") == TensorInfo(shape: [2], type: .float32))
    }
  }

  @Test("A file may hold no tensors, or only empty ones", arguments: ["{}", "{}      "])
  func empty(header: String) throws {
    #expect(try read(RawSafetensors.file(header)).names == [])
    let none = RawSafetensors.entry("a", shape: "[0]", offsets: "[0,0]")
    #expect(try read(RawSafetensors.file("{\(none)}")).tensor("a")?.count == 0)
  }

  @Test("Metadata that are null are none, wherever they stand")
  func nullMetadata() throws {
    for header in [
      #"{"__metadata__":null}"#, "{\(RawSafetensors.entry("a")), \"__metadata__\" : null}",
      "{\"__metadata__\":null,\(RawSafetensors.entry("a"))}",
    ] {
      let holdsTensor = header.contains("F32")
      let file = try read(RawSafetensors.file(header, data: holdsTensor ? 8 : 0))
      #expect(file.metadata == [:])
      #expect(file.names == (holdsTensor ? ["a"] : []))
    }
  }

  @Test("Tensors come in the order of their bytes, whatever the header's")
  func order() throws {
    let entries = [
      RawSafetensors.entry("b", offsets: "[8,16]"), RawSafetensors.entry("a"),
      RawSafetensors.entry("none", shape: "[0]", offsets: "[8,8]"),
    ]
    let file = try read(RawSafetensors.file("{\(entries.joined(separator: ","))}", data: 16))
    #expect(file.names == ["a", "none", "b"])
    #expect(file.tensor("c") == nil)
  }

  @Test("A tensor at an odd place is the same, at an address that suits the core", arguments: 0..<8)
  func misaligned(blanks: Int) throws {
    let entry = RawSafetensors.entry("a", type: "F64", shape: "[2]", offsets: "[1,17]")
    let byte = RawSafetensors.entry("x", type: "U8", shape: "[]", offsets: "[0,1]")
    let header = "{\(entry),\(byte)}" + String(repeating: " ", count: blanks)
    let expected = [1.5, -2]
    let bytes = expected.flatMap { number in
      (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> ($0 * 8)) }
    }
    let tensor = try #require(read(RawSafetensors.file(header) + [9] + bytes).tensor("a"))
    #expect(tensor.floats() == [1.5, -2])
    #expect(tensor.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) % 8 } == 0)
  }

  @Test("A tensor keeps the file's bytes, also when the file is replaced or gone")
  func lifetime() throws {
    let path = try folder.file("a.safetensors", RawSafetensors.file("{}"))
    try SafetensorsWriter.write(["a": Tensor([1, 2], shape: [2])], to: path)
    let tensor = try #require(SafetensorsFile(path: path).tensor("a"))
    try SafetensorsWriter.write(["a": Tensor([3, 4], shape: [2])], to: path)
    try FileManager.default.removeItem(atPath: path)
    #expect(tensor.floats() == [1, 2])
  }

  @Test("A hundred thousand tensors take no longer each than one")
  func manyTensors() throws {
    let entries = (0..<100_000).map { index in
      RawSafetensors.entry(
        "model.layers.\(index).weight", shape: "[]", offsets: "[\(index * 4),\(index * 4 + 4)]")
    }
    let bytes = RawSafetensors.file("{\(entries.joined(separator: ","))}", data: 400_000)
    let path = try folder.file("a.safetensors", bytes)
    let start = ContinuousClock.now
    #expect(try SafetensorsFile(path: path).names.count == 100_000)
    let time = ContinuousClock.now - start
    // Some two seconds without optimisation; anything quadratic would take minutes.
    #expect(time < .seconds(30))
  }

  @Test("Whatever bytes are flipped or cut off, a file is read or refused")
  func fuzz() throws {
    let whole = Array(try Fixture.bytes("weights/small.safetensors"))
    let path = try folder.file("a.safetensors", whole)
    var generator = RandomNumbers(seed: 1)
    let syntax = Array(#"{}[],:"0159-.eE\u "#.utf8)
    var refused = 0
    for round in 0..<5000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        // Mistakes in numbers are not random data, so most changes go to the header.
        let place = Int.random(
          in: 0..<(round.isMultiple(of: 8) ? bytes.count : 200), using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
        case 1: bytes[place] = syntax.randomElement(using: &generator)!
        case 2: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        default: bytes.removeSubrange(place..<min(bytes.count, place + 3))
        }
      }
      if round.isMultiple(of: 5) {
        bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
      }
      let file = try #require(fopen(path, "w"))
      fwrite(bytes, 1, bytes.count, file)
      fclose(file)
      do {
        let file = try SafetensorsFile(path: path)
        for name in file.names { _ = file.tensor(name)?.floats() }
      } catch {
        #expect("\(error)".contains(/^.*a\.safetensors: .+\n  fix: .+$/), "\(error)")
        refused += 1
      }
    }
    #expect(2500..<5000 ~= refused)
  }
}
