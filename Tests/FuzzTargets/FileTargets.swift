import Foundation
import Peft
import PeftAdapters
import PeftCheckpoints
import PeftReports
import PeftTensors
import PeftTestSupport

extension FuzzTarget {
  private static let scratch = Scratch.shared

  private static func read(_ tensor: Tensor) throws {
    let sum = tensor.withUnsafeBytes { $0.reduce(into: UInt64(0)) { $0 &+= UInt64($1) } }
    guard sum > 0 || tensor.count >= 0 else { throw FuzzFinding("a negative number of entries") }
  }

  static let safetensors = FuzzTarget(
    "safetensors", longest: 6_000,
    seeds: {
      try Seeds.files("Tests/Fixtures/adapted", ".safetensors")
        + Seeds.files("Tests/Fixtures/checkpoints", ".safetensors", shorterThan: 4_000)
        + Seeds.files("Tests/Fixtures/training/batches", ".safetensors")
    },
    { bytes in
      let file = try SafetensorsFile(path: scratch.write("x.safetensors", bytes))
      for name in file.names { if let tensor = file.tensor(name) { try read(tensor) } }
    })

  static let numPy = FuzzTarget(
    "npy", longest: 600, seeds: { try Seeds.arrays() },
    { bytes in try read(NumPyFile(path: scratch.write("x.npy", bytes)).tensor) })

  /// A checkpoint of several files, beside one of them.
  static let checkpointIndex = FuzzTarget(
    "checkpoint-index", longest: 2_000,
    seeds: {
      Seeds.texts(
        #"{"metadata": {"total_size": 8}, "weight_map": {"a": "one.safetensors"}}"#,
        #"{"weight_map": {"a": "one.safetensors", "b": "one.safetensors", "c": "two.safetensors"}}"#,
        #"{"weight_map": {"a": "../one.safetensors"}, "metadata": null}"#)
    },
    { bytes in
      let one = Data(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#.utf8)
      var length = UInt64(one.count).littleEndian
      let head = withUnsafeBytes(of: &length) { Data($0) }
      _ = try scratch.write("sharded/one.safetensors", head + one + Data(count: 8))
      _ = try scratch.write("sharded/model.safetensors.index.json", bytes)
      let checkpoint = try Checkpoint(path: scratch.path("sharded"))
      for name in checkpoint.names { try read(checkpoint.tensor(name)) }
    })

  /// An adapter's folder: its configuration, a zero, and its tensors. It is inspected, written without
  /// bases and with them.
  static let adapterFolder = FuzzTarget(
    "adapter-folder", longest: 12_000, seeds: { try Seeds.adapterFolders() },
    { bytes in
      guard let end = bytes.firstIndex(of: 0) else { return }
      _ = try scratch.write("adapter/adapter_config.json", Data(bytes[..<end]))
      _ = try scratch.write(
        "adapter/adapter_model.safetensors", Data(bytes[(end + 1)...]))
      let folder = try AdapterFolder(scratch.path("adapter"))
      let inspection = try folder.inspection()
      for format in ReportFormat.allCases { _ = try inspection.report(as: format) }
      try attempt {
        defer { try? scratch.clear("slim") }
        _ = try folder.writeSlim(to: scratch.path("slim"))
      }
      try attempt {
        defer { try? scratch.clear("whole") }
        _ = try folder.writeRestored(to: scratch.path("whole"), projection: .perModule)
      }
    })
}

extension FuzzTarget {
  /// Each file of sentence-transformers, beside sound others.
  static let sentenceSettings = FuzzTarget(
    "sentence-settings", longest: 1_000,
    seeds: { try Seeds.files("Tests/Fixtures/evaluation/sentences", ".json", shorterThan: 1_000) },
    { bytes in
      let names = ["modules.json", "1_Pooling/config.json", "sentence_bert_config.json"]
      let all = names + ["config_sentence_transformers.json"]
      for name in all {
        for other in all {
          let sound = try Fixture.bytes("evaluation/sentences/\(other)")
          _ = try scratch.write("sentences/\(other)", other == name ? bytes : sound)
        }
        try attempt {
          let settings = try SentenceSettings(folder: scratch.path("sentences"))
          if let length = settings.sequenceLength, length < 1 {
            throw FuzzFinding("a sentence of \(length) tokens")
          }
        }
      }
    })
}

extension Seeds {
  /// Arrays as NumPy saves them, of several types, shapes and versions of the format.
  static func arrays() throws -> [Data] {
    func array(_ type: String, _ shape: String, _ bytes: Int, isOld: Bool) -> Data {
      var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
      header += String(repeating: " ", count: 117 - header.count) + "\n"
      let length = UInt8(header.utf8.count)
      let lengths: [UInt8] = isOld ? [1, 0, length, 0] : [2, 0, length, 0, 0, 0]
      return Data([0x93]) + Data("NUMPY".utf8) + Data(lengths) + Data(header.utf8)
        + Data((0..<bytes).map { UInt8($0 % 61) })
    }
    return [true, false].flatMap { isOld in
      [
        array("<i8", "(3, 4)", 96, isOld: isOld), array("<f4", "(2, 3)", 24, isOld: isOld),
        array("<f8", "()", 8, isOld: isOld), array("<i4", "(0,)", 0, isOld: isOld),
        array("<u2", "(40,)", 80, isOld: isOld), array("|b1", "(1,)", 1, isOld: isOld),
      ]
    }
  }

  static func adapterFolders() throws -> [Data] {
    let fixtures = try FileManager.default.contentsOfDirectory(atPath: Fixture.path("adapted"))
    return try fixtures.sorted().compactMap { name in
      let folder = "adapted/\(name)/"
      guard let tensors = try? Fixture.bytes(folder + "adapter_model.safetensors"),
        tensors.count < 9_000
      else { return nil }
      return try Fixture.bytes(folder + "adapter_config.json") + [0] + tensors
    }
  }
}
