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

  private static let endings = DataFormats.endings + DataFormats.compressedEndings

  @Test("Whatever is in a file, it is read or refused", arguments: endings)
  func anything(ending: String) throws {
    let sound = try DataFile.sample(ending)
    let bytes = try sound.contents
    var numbers = Numbers(state: 1)
    for round in 0..<300 {
      let file = try DataFile("a" + ending, damaged(bytes, &numbers))
      let message = file.message { try $0.stream(packed: round.isMultiple(of: 2), length: 2) }
      #expect(message.map { $0.contains("\n  fix: ") } ?? true)
    }
  }

  @Test("What is sound is read", arguments: endings)
  func sound(ending: String) throws {
    let file = try DataFile.sample(ending)
    for isPacked in [false, true] {
      #expect(file.message { try $0.stream(packed: isPacked, length: 2) } == nil)
    }
  }
}
