import PeftBasics
import PeftReports
import Testing

@testable import struct PeftReports.FoldedPaths

@Suite("Numbers as texts") struct NumberTextTests {
  @Test(
    "Thousands are grouped",
    arguments: [
      (0, "0"), (999, "999"), (1000, "1,000"), (124_439_808, "124,439,808"), (-1234, "-1,234"),
      (Int.max, "9,223,372,036,854,775,807"), (Int.min, "-9,223,372,036,854,775,808"),
    ])
  func grouped(number: Int, text: String) { #expect(number.grouped == text) }

  @Test(
    "Bytes have three digits and a decimal unit",
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (9994, "9.99 kB"), (9995, "10.0 kB"),
      (99_949, "99.9 kB"), (99_950, "100 kB"), (999_499, "999 kB"), (999_500, "1.00 MB"),
      (3_690_000, "3.69 MB"), (42_000_000_000, "42.0 GB"), (Int.max, "9223 PB"),
    ])
  func bytes(number: Int, text: String) { #expect(number.asBytes == text) }

  @Test(
    "Large numbers are abbreviated",
    arguments: [(950, "950"), (2_359_296, "2.36M"), (405_853_388_800, "406B"), (0, "0")])
  func abbreviated(number: Int, text: String) { #expect(number.abbreviated == text) }

  @Test(
    "Shares keep three digits, also where they are small",
    arguments: [
      (0.0, "0.00%"), (0.00271, "0.00271%"), (0.1184, "0.118%"), (1.9, "1.90%"),
      (12.34, "12.3%"), (100.0, "100.0%"), (0.000_000_1, "0.000000%"),
    ])
  func percent(share: Double, text: String) { #expect(share.asPercent == text) }

  @Test(
    "A number of places is kept to",
    arguments: [
      (2.5, 0, "3"), (-2.5, 0, "-3"), (0.05, 1, "0.1"), (1.005, 1, "1.0"), (-0.25, 2, "-0.25"),
    ])
  func fixed(number: Double, places: Int, text: String) { #expect(number.fixed(places) == text) }

  @Test("What is no number stays readable", arguments: [Double.nan, .infinity, 1e300])
  func fixedExtremes(number: Double) { #expect(number.fixed(2) == "\(number)") }
}

@Suite("Repeated layers as one line") struct FoldedPathsTests {
  private func names(_ shown: [String], of all: [String]) -> [String] {
    FoldedPaths(all).groups(of: shown, path: { $0 }, alike: { _ in 0 }).map(\.text)
  }

  @Test("All layers are a star, some are their numbers, one is itself")
  func layers() {
    let all = (0..<12).map { "h.\($0).attn" } + ["head"]
    #expect(names(all, of: all) == ["h.*.attn × 12", "head"])
    #expect(names(["h.0.attn", "h.1.attn", "h.5.attn"], of: all) == ["h.{0–1, 5}.attn × 3"])
    #expect(names(["h.7.attn"], of: all) == ["h.7.attn"])
  }

  @Test("Experts in layers are two stars")
  func experts() {
    let all = (0..<2).flatMap { layer in (0..<4).map { "layers.\(layer).experts.\($0).up" } }
    #expect(names(all, of: all) == ["layers.*.experts.*.up × 8"])
    #expect(names(Array(all.prefix(3)), of: all) == ["layers.*.experts.*.up × 3"])
  }

  @Test("Modules that are not alike are kept apart")
  func alike() {
    let all = ["h.0.fc", "h.1.fc", "h.2.fc"]
    let groups = FoldedPaths(all).groups(of: all, path: { $0 }, alike: { $0 == "h.1.fc" })
    #expect(groups.map(\.text) == ["h.{0, 2}.fc × 2", "h.1.fc"])
  }
}
