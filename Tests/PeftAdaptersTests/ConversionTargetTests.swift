import Peft
import PeftTestSupport
import Testing

@Suite("Targets of conversions") struct ConversionTargetTests {
  @Test("A rank, a share, and full weights can be asked for")
  func targets() throws {
    #expect(try ConversionTarget("lora:r=16") == .lora(.rank(16)))
    #expect(try ConversionTarget("LoRA:share=0.9") == .lora(.share(0.9)))
    #expect(try ConversionTarget("full") == .full)
  }

  @Test(
    "All else is refused with its reason",
    arguments: [
      ("lora", "it does not say how large the LoRA is"),
      ("lora:r=0", "r is not a whole number from 1 on"),
      ("lora:share=1.5", "share is not a number above 0, up to 1"),
      ("lora:share=nan", "share is not a number above 0, up to 1"),
      ("lora:rank=4", "'rank=4' is not r=… or share=…"),
      ("full:r=4", "full takes no setting such as 'r=4'"),
      ("", "'' is not lora or full"), ("dora:r=4", "'dora' is not lora or full"),
    ])
  func mistakes(text: String, problem: String) {
    #expect(
      message { _ = try ConversionTarget(text) }
        == "'\(text)': \(problem)\n  fix: write lora:r=16, lora:share=0.9, or full")
  }
}
