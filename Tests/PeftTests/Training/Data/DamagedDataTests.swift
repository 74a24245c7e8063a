import Foundation
import Peft
import Testing

@Suite("Damaged data") struct DamagedDataTests {
  /// Numbers that a seed determines.
  private struct Numbers {
    var state: UInt64

    mutating func next(below limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
  }

  private func damaged(_ bytes: Data, _ numbers: inout Numbers) -> Data {
    var bytes = bytes
    for _ in 0...numbers.next(below: 3) {
      bytes[numbers.next(below: bytes.count)] = UInt8(numbers.next(below: 256))
    }
    return numbers.next(below: 4) == 0 ? bytes.prefix(numbers.next(below: bytes.count)) : bytes
  }

  @Test(
    "Whatever is in a file, it is read or refused",
    arguments: ["a.jsonl", "a.csv", "a.txt", "a.bin", "a.npy", "a.safetensors"])
  func anything(name: String) throws {
    let sound: DataFile =
      switch name {
      case "a.jsonl": try DataFile(name, #"{"text": "ab\u00e9", "n": [1, {"x": 2.5}]}"# + "\n{}")
      case "a.csv": try DataFile(name, "text,n\r\n\"a\"\"\n\",1\r\nb,2\n")
      case "a.npy": try DataFile(array: [1, 2, 3, 4, 5, 6], shape: "(2, 3)")
      case "a.safetensors":
        try DataFile(tensors: [
          "input_ids": Tensor([1, 2, 3, 4], shape: [2, 2]),
          "labels": Tensor([1, 2, 3, 4], shape: [2, 2]),
        ])
      default: try DataFile(name, "some text\nand more\n")
      }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: sound.path))
    var numbers = Numbers(state: 1)
    for round in 0..<300 {
      let file = try DataFile(name, damaged(bytes, &numbers))
      let isPacked = round.isMultiple(of: 2) && !["a.bin", "a.npy"].contains(name)
      let message = file.message { try $0.stream(packed: isPacked, length: 2) }
      #expect(message.map { $0.contains("\n  fix: ") } ?? true)
    }
  }
}
