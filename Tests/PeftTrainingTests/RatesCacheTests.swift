import CPUCore
import PeftBasics
import PeftTestSupport
import PeftTraining
import Testing

@Suite("Rates of machines that are kept") struct RatesCacheTests {
  private let folder: TemporaryFolder
  private var cache: RatesCache { RatesCache(folder: folder.path("a/b")) }
  private let rates = MachineRates(singleOperations: 2e11, halfOperations: 4.5e11, bytes: 1.25e10)

  init() throws { folder = try TemporaryFolder() }

  @Test("They come back as they were, for as many threads, and others stay")
  func kept() throws {
    #expect(cache.rates(threads: 2) == nil)
    try cache.keep(rates, threads: 2)
    let other = MachineRates(singleOperations: 1, halfOperations: 2.5, bytes: 3)
    try cache.keep(other, threads: 3)
    #expect(cache.rates(threads: 2) == rates)
    #expect(cache.rates(threads: 3) == other)
    #expect(cache.rates(threads: 4) == nil)
    try cache.keep(other, threads: 2)
    #expect(cache.rates(threads: 2) == other)
  }

  @Test(
    "Those of another processor, other kernels or another version of the file are others",
    arguments: ["processor", "kernels", "format"])
  func others(field: String) throws {
    try cache.keep(rates, threads: 2)
    let text = try folder.text("a/b/rates.json")
    let changed = text.replacing(
      try Regex("\"\(field)\" : (\"[^\"]*\"|[0-9]+)"), with: "\"\(field)\" : \"another\"")
    #expect(changed != text)
    try folder.file("a/b/rates.json", changed)
    #expect(cache.rates(threads: 2) == nil)
    // They are not those of this machine, and stay; a file of another version is written anew.
    try cache.keep(rates, threads: 2)
    #expect(cache.rates(threads: 2) == rates)
    #expect(try folder.text("a/b/rates.json").contains("another") == (field != "format"))
  }

  @Test(
    "A file that cannot be read, or with rates that no machine has, is as none",
    arguments: [
      "", "{", "[]", "null", #"{"format": 1}"#, #"{"format": 1, "rates": 7}"#,
      #"{"format": 1, "rates": [null, {}]}"#, String(repeating: "[", count: 100),
    ])
  func broken(text: String) throws {
    try folder.file("a/b/rates.json", text)
    #expect(cache.rates(threads: 2) == nil)
    try cache.keep(rates, threads: 2)
    #expect(cache.rates(threads: 2) == rates)
  }

  @Test("Rates that no machine has are as none", arguments: ["0", "-1", "1e300", "null", #""5""#])
  func impossible(rate: String) throws {
    try cache.keep(rates, threads: 2)
    let text = try folder.text("a/b/rates.json")
    let changed = text.replacing(/"bytes" : [0-9.e+]+/, with: "\"bytes\" : \(rate)")
    #expect(changed != text)
    try folder.file("a/b/rates.json", changed)
    #expect(cache.rates(threads: 2) == nil)
  }

  @Test("A folder that cannot be written is an error")
  func unwritable() throws {
    try folder.file("a", "a file")
    #expect(throws: FileWriteError.self) { try cache.keep(rates, threads: 2) }
  }
}
