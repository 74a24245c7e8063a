import ModelGraph
import Testing

@testable import PeftBasics

@Suite("Checked arithmetic") struct CheckedArithmeticTests {
  @Test(
    "Products that fit are exact",
    arguments: [
      ([], 1), ([7], 7), ([3, 0, 5], 0), ([1 << 31, 1 << 31], 1 << 62), ([.max, 1], .max),
    ]
  )
  func product(factors: [Int], expected: Int) throws {
    #expect(try factors.checkedProduct() == expected)
  }

  @Test("A product beyond 2^63 is refused with its factors")
  func productOverflow() {
    let error = #expect(throws: SizeOverflow.self) {
      try [1_099_511_627_776, 8_388_608].checkedProduct()
    }
    #expect(
      error?.description
        == "the size of [1099511627776, 8388608] is beyond 2^63\n  fix: choose smaller sizes")
  }

  @Test("A parameter beyond 2^63 entries is refused")
  func parameterOverflow() {
    #expect(throws: SizeOverflow(counting: "the size of [\(Int.max), 2]")) {
      try Parameter(name: "w", shape: [.max, 2])
    }
  }

  @Test("Sums that fit are exact, others say what was counted")
  func sum() throws {
    #expect(try [1, 2, 3].checkedSum(of: "apples") == 6)
    #expect(try [Int]().checkedSum(of: "apples") == 0)
    #expect(throws: SizeOverflow(counting: "apples")) {
      try [Int.max, 1].checkedSum(of: "apples")
    }
  }
}
