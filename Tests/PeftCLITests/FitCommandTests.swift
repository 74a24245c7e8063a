import Foundation
import PeftTestSupport
import Testing

@Suite("peft fit") struct FitCommandTests {
  @Test("What fits is said with every number, at the rates that are kept")
  func json() throws {
    let folder = try TemporaryFolder()
    func seconds() throws -> [Double] {
      let run = try PeftProcess(
        "fit", "gpt2", "--set", "layers=2", "--tuner", "lora:r=8|16", "--memory", "2GB", "--tokens",
        "10k", "--sequence", "32,64", "--threads", "2", "--format", "json",
        environment: ["XDG_CACHE_HOME": folder.path])
      #expect(run.status == 0, "\(run.errors)")
      let rows = try #require(try run.json as? [[String: Any]])
      #expect(rows.count == 4)
      return try rows.map { row in
        #expect(row["verdict"] as? String == "fits")
        #expect(try #require(row["total_bytes"] as? Int) <= 2_000_000_000)
        let steps = try #require(row["steps"] as? Int)
        let seconds = try #require(row["seconds_per_step"] as? Double)
        let all = try #require(row["seconds"] as? Double)
        #expect(abs(all - Double(steps) * seconds) < 1e-9 * all)
        return seconds
      }
    }
    let measured = try seconds()
    // A machine that is much slower: it is not measured again.
    let path = folder.path("swift-peft/rates.json")
    let kept = try String(contentsOfFile: path, encoding: .utf8)
    let slower = kept.replacing(/_flops" : [0-9.e+]+/) { "\($0.output.prefix { $0 != ":" }): 1000" }
    #expect(slower != kept)
    try slower.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(zip(try seconds(), measured).allSatisfy { $0 > 10 * $1 })
  }

  @Test(
    "Mistakes are explained",
    arguments: [
      (["gpt2", "--memory", "16 apples"], 64, "is not a size of memory, such as 16GB or 900MB."),
      (["gpt2", "--memory", "0GB"], 64, "is not a size of memory"),
      (["gpt2", "--tokens", "much"], 64, "is not a number, such as 2M, 500k or 1000."),
      (["gpt2", "--tokens", "1%"], 64, "is not a number, such as 2M, 500k or 1000."),
      (["gpt2", "--tokens", "1M", "--examples", "5"], 64, "Give either --tokens or --examples."),
      (["gpt2", "--hours=-1"], 64, "is not a number of hours, such as 8 or 0.5."),
      (["gpt2", "--hours=nan"], 64, "is not a number of hours, such as 8 or 0.5."),
      (["gpt2", "--sequence", "12,x"], 64, "are not lengths, such as 256 or 128,512."),
      (["gpt2", "--precision", "f16"], 64, "'f16' is not a precision"),
      (["vit-b16", "--tokens", "1M"], 1, "error: vit-b16 reads no tokens"),
      (["gpt2", "--sequence", "4096"], 1, "the model has 1024 positions"),
    ])
  func mistakes(arguments: [String], status: Int, message: String) throws {
    let run = try PeftProcess(arguments: ["fit"] + arguments)
    #expect(run.status == Int32(status), "\(run.errors)")
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test("Where nothing fits, a warning says so")
  func nothing() throws {
    let run = try PeftProcess("fit", "gpt2", "--memory", "10MB", "--tuner", "lora")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("too little memory"))
    #expect(run.errors.contains("nothing fits: allow more memory or hours"))
  }
}
