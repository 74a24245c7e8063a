import CZlib
import Foundation
import Peft
import PeftTestSupport
import PeftTokenizers

/// A file of data for one test, and streams from it.
struct DataFile {
  let folder: TemporaryFolder
  let path: String

  init(_ name: String, _ text: String) throws { try self.init(name, Data(text.utf8)) }

  init(_ name: String, _ bytes: Data) throws {
    folder = try TemporaryFolder()
    path = try folder.file(name, bytes)
  }

  init(tensors: [String: Tensor]) throws {
    folder = try TemporaryFolder()
    path = folder.path("batch.safetensors")
    try SafetensorsWriter.write(tensors, to: path)
  }

  /// Little-endian tokens of two bytes.
  init(tokens: [Int]) throws {
    try self.init("tokens.bin", Data(tokens.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }))
  }

  /// An array as NumPy saves it.
  init(array: [Int32], shape: String) throws {
    var header = "{'descr': '<i4', 'fortran_order': False, 'shape': \(shape), }"
    header += String(repeating: " ", count: 117 - header.count) + "\n"
    var bytes = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0]) + Data(header.utf8)
    array.withUnsafeBytes { bytes.append(contentsOf: $0) }
    try self.init("tokens.npy", bytes)
  }

  /// A sound file of a format. Every format has one: write it here.
  static func sample(_ ending: String) throws -> DataFile {
    let name = "a" + ending
    return switch ending {
    case ".jsonl":
      try DataFile(name, #"{"text": "ab\u00e9", "n": [1, {"x": 2.5}]}"# + "\n{\"text\": 2}")
    case ".json":
      try DataFile(
        name, "[\n {\"text\": \"a]b\\\"\"},\n {\"text\": 2, \"n\": [1, {\"x\": 2}]}\n]\n")
    case ".txt": try DataFile(name, "some text\nand more\n")
    case ".bin": try DataFile(tokens: [1, 2, 3, 200])
    case ".csv": try DataFile(name, "text,n\r\n\"a\"\"\n\",1\r\nb,2\n")
    case ".tsv": try DataFile(name, "text\tn\n\"a\t\"\"\n\"\t1\nb, c\t2\n")
    case ".npy": try DataFile(array: [1, 2, 3, 4, 5, 6], shape: "(2, 3)")
    case ".safetensors":
      try DataFile(tensors: [
        "input_ids": Tensor([1, 2, 3, 4], shape: [2, 2]),
        "labels": Tensor([1, 2, 3, 4], shape: [2, 2]),
      ])
    case let ending where ending.hasSuffix(".gz"):
      try DataFile(name, sample(String(ending.dropLast(3))).contents.gzipped)
    default: throw NoSample(ending: ending)
    }
  }

  /// A file with one row, whose field 'text' has these bytes. Every format of rows of text has one: write
  /// it here.
  static func row(_ ending: String, text: Data) throws -> DataFile {
    let name = "a" + ending
    return switch ending {
    case ".txt": try DataFile(name, text)
    case ".jsonl": try DataFile(name, Data(#"{"text": ""#.utf8) + text + Data(#""}"#.utf8))
    case ".json": try DataFile(name, Data(#"[{"text": ""#.utf8) + text + Data(#""}]"#.utf8))
    case ".csv", ".tsv": try DataFile(name, Data("text\n".utf8) + text)
    default: throw NoSample(ending: ending)
    }
  }

  struct NoSample: Error, CustomStringConvertible {
    let ending: String
    var description: String {
      "there is no sample of \(ending): add a case to Tests/PeftTrainingTests/Data/DataSupport.swift"
    }
  }

  var contents: Data { get throws { try Data(contentsOf: URL(fileURLWithPath: path)) } }

  func stream(
    text: String? = nil, prompt: String? = nil, target: String? = nil, label: String? = nil,
    packed: Bool = false, shuffle: Bool? = false, task: TrainingObjective = .nextToken(),
    tokens: TokenSettings = .bytes, batchSize: Int = 1, length: Int = 8,
    padding: PaddingStrategy = .longest, groupsByLength: Bool = false, seed: UInt64 = 0,
    at position: DataPosition = .start, isEvaluation: Bool = false
  ) throws -> BatchStream {
    let settings = DataSettings(
      train: [path], text: text, prompt: prompt, target: target, label: label, packed: packed,
      shuffle: shuffle)
    return try BatchStream(
      settings, files: [path], objective: task, tokens: tokens, batchSize: batchSize,
      sequenceLength: length, padding: padding, groupsByLength: groupsByLength, seed: seed,
      at: position, isEvaluation: isEvaluation)
  }

  /// What a stream is refused for, or what it throws within ten batches, the folder left out.
  func message(_ open: (DataFile) throws -> BatchStream) -> String? {
    folder.message {
      var stream = try open(self)
      for _ in 0..<10 { _ = try stream.next() }
    }
  }
}

extension DataFormats {
  /// The endings of formats of rows of text: those that may be compressed.
  var rowEndings: [String] { endings.filter { compressedEndings.contains($0 + ".gz") } }
}

extension Data {
  /// One member of gzip data.
  var gzipped: Data {
    var stream = z_stream()
    let code = deflateInit2_(
      &stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      CInt(MemoryLayout<z_stream>.size))
    precondition(code == Z_OK)
    defer { deflateEnd(&stream) }
    var (input, output) = (Array(self), [UInt8](repeating: 0, count: count + count / 8 + 64))
    input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        (stream.next_in, stream.avail_in) = (input.baseAddress, uInt(input.count))
        (stream.next_out, stream.avail_out) = (output.baseAddress, uInt(output.count))
        precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
      }
    }
    return Data(output.prefix(Int(stream.total_out)))
  }
}

extension TokenSettings {
  static let bytes = TokenSettings(tokenizer: .bytes, vocabularySize: 256, endOfText: 0)

  /// A tokenizer of the fixtures.
  static func fixture(_ name: String, endOfText: Int? = nil) throws -> TokenSettings {
    TokenSettings(
      tokenizer: try Tokenizer(path: Fixture.path("tokenizers/\(name).json")),
      endOfText: endOfText)
  }
}

extension TrainingBatch {
  func integers(_ name: String) -> [Int] { inputs[name]?.integers() ?? [] }

  /// The tokens of each row, without padding.
  var rows: [[Int]] {
    let (ids, mask) = (integers("input_ids"), integers("attention_mask"))
    let width = inputs["input_ids"]?.shape[1] ?? 1
    return stride(from: 0, to: ids.count, by: width).map { start in
      (start..<start + width).filter { mask[$0] == 1 }.map { ids[$0] }
    }
  }

  /// The rows as text, the byte 0 as `|`.
  var texts: [String] {
    rows.map { String(decoding: $0.map { $0 == 0 ? 124 : UInt8($0) }, as: UTF8.self) }
  }

  /// All that two batches have to agree in.
  var contents: [String: [Float]] {
    var contents = inputs.mapValues { $0.floats() }
    contents["counted"] = [Float(countedEntries), Float(tokenCount)]
    return contents
  }
}

extension BatchStream {
  /// All batches of a stream that ends.
  mutating func rest() throws -> [TrainingBatch] {
    var batches: [TrainingBatch] = []
    while let batch = try next() { batches.append(batch) }
    return batches
  }

  mutating func batches(_ count: Int) throws -> [TrainingBatch] {
    try (0..<count).compactMap { _ in try next() }
  }
}
