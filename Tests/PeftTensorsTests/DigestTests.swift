import CKernels
import PeftTensors
import PeftTestSupport
import Testing

@Suite("SHA-256") struct DigestTests {
  private func digest(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { Digest.sha256($0) } }

  @Test(
    "The examples of the standard come out",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnop"
          + "jklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
      ),
    ])
  func examples(text: String, expected: String) {
    #expect(digest(Array(text.utf8)) == expected)
  }

  @Test("A million letters come out as the standard says")
  func million() {
    #expect(
      digest([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test(
    "Pieces of any length, at any address, are one message", arguments: [1, 3, 55, 64, 65, 200])
  func pieces(length: Int) {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    var hash = SHA256()
    bytes.withUnsafeBytes { all in
      for start in stride(from: 0, to: all.count, by: length) {
        hash.add(.init(rebasing: all[start..<min(start + length, all.count)]))
      }
    }
    #expect(hash.finished() == digest(bytes))
  }

  @Test("A message's end is padded at every length")
  func lengths() {
    let digests = (0...130).map { digest([UInt8](repeating: 0, count: $0)) }
    #expect(Set(digests).count == 131)
    // As sha256sum prints them.
    #expect(digests[55] == "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7")
    #expect(digests[56] == "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb")
    #expect(digests[64] == "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b")
  }

  @Test("With and without SHA instructions, random blocks give the same state", arguments: 0..<40)
  func plain(seed: Int) {
    var numbers = RandomNumbers(seed: seed)
    let blocks = Int.random(in: 0...20, using: &numbers)
    // At an odd address, too.
    let start = Int.random(in: 0...3, using: &numbers)
    let bytes = (0..<start + 64 * blocks).map { _ in
      UInt8.random(in: .min ... .max, using: &numbers)
    }
    let words = (0..<8).map { _ in UInt32.random(in: .min ... .max, using: &numbers) }
    var (fast, plain) = (words, words)
    bytes.withUnsafeBufferPointer { bytes in
      guard let address = bytes.baseAddress else { return }
      ck_sha256(blocks, address + start, &fast)
      ck_sha256_plain(blocks, address + start, &plain)
    }
    #expect(fast == plain)
    #expect((fast == words) == (blocks == 0))
  }

  @Test("Without SHA instructions, the standard's example comes out")
  func plainExample() {
    // "abc", its end, and its length in bits.
    let block = Array("abc".utf8) + [0x80] + [UInt8](repeating: 0, count: 59) + [24]
    var state: [UInt32] = [
      0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
      0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    ck_sha256_plain(1, block, &state)
    #expect(
      state == [
        0xba78_16bf, 0x8f01_cfea, 0x4141_40de, 0x5dae_2223,
        0xb003_61a3, 0x9617_7a9c, 0xb410_ff61, 0xf200_15ad,
      ])
  }

  @Test("The same floats in another type have the same digest")
  func floats() {
    let numbers = Tensor([1, -2.5, 0, 3], shape: [2, 2])
    let digest = Digest.sha256(numbers)
    for type in NumberType.allCases where type.isFloatingPoint {
      #expect(Digest.sha256(floatsOf: numbers.converted(to: type)) == digest)
    }
    #expect(
      Digest.sha256(floatsOf: Tensor([1, 2], shape: [2]))
        == Digest.sha256(Tensor([1, 2] as [Float], shape: [2])))
  }
}
