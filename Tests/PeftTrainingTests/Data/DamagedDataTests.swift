import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("Damaged data") struct DamagedDataTests {
  private func damaged(_ bytes: Data, _ numbers: inout RandomNumbers) -> Data {
    var bytes = bytes
    for _ in 0...numbers.whole(below: 3) {
      bytes[numbers.whole(below: bytes.count)] = UInt8(numbers.whole(below: 256))
    }
    return numbers.whole(below: 4) == 0 ? bytes.prefix(numbers.whole(below: bytes.count)) : bytes
  }

  private static let endings = DataFormats.standard.endings + DataFormats.standard.compressedEndings

  @Test("Whatever is in a file, it is read or refused", arguments: endings)
  func anything(ending: String) throws {
    let sound = try DataFile.sample(ending)
    let bytes = try sound.contents
    var numbers = RandomNumbers(seed: 1)
    var refused = 0
    for round in 0..<300 {
      let file = try DataFile("a" + ending, damaged(bytes, &numbers))
      let message = file.message { try $0.stream(packed: round.isMultiple(of: 2), length: 2) }
      guard let message else { continue }
      refused += 1
      #expect(message.hasPrefix("a\(ending):") && message.contains(": "), "\(message)")
      #expect(message.contains("\n  fix: "), "\(message)")
    }
    #expect(1...300 ~= refused, "\(ending)")
  }

  @Test("What is sound is read", arguments: endings)
  func sound(ending: String) throws {
    let file = try DataFile.sample(ending)
    for isPacked in [false, true] {
      #expect(file.message { try $0.stream(packed: isPacked, length: 2) } == nil)
    }
  }
}
