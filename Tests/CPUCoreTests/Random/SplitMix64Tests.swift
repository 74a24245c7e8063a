import Testing

@testable import CPUCore

@Suite("SplitMix64") struct SplitMix64Tests {
  @Test("Words are those of the reference implementation, each by its index")
  func words() {
    #expect(
      (0..<3).map { SplitMix64.word($0, ofSeed: 0) }
        == [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f])
  }

  @Test("A stream of a seed keeps its numbers: shuffled orders of saved runs follow from them")
  func streams() {
    var numbers = SplitMix64(seed: 7, stream: 2)
    #expect(
      (0..<3).map { _ in numbers.next() }
        == [0xe756_7ef2_ad75_45b9, 0x18eb_d61d_9876_da56, 0x4745_9b8d_985d_00b9])
  }
}
