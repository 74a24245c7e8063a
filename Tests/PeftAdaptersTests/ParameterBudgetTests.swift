import Peft
import PeftTestSupport
import Testing

@Suite("A budget as a text") struct ParameterBudgetTests {
  @Test(
    "Numbers are understood with their units",
    arguments: [
      ("9M", 9_000_000), ("9m", 9_000_000), ("500k", 500_000), ("1.5B", 1_500_000_000),
      ("250000", 250_000), ("1_000_000", 1_000_000), ("1,000", 1000), ("0.5k", 500), ("1", 1),
    ])
  func numbers(text: String, count: Int) throws {
    #expect(try ParameterBudget(text) == .parameters(count))
  }

  @Test(
    "Anything else is refused",
    arguments: [
      "", "abc", "0", "-5", "M", "%", "0%", "100%", "1e6", "nan", "inf", "0x10", "1.2.3", "9MM",
      "99999999T", "５M", "0.0001",
    ])
  func refused(text: String) {
    #expect(
      message { _ = try ParameterBudget(text) }
        == "'\(text)' is not a number of parameters\n  fix: write it as 9M, 500k, 1.5B, 250000 or 0.5%"
    )
  }

  @Test("A percentage is of all parameters, the adapter's among them")
  func percent() throws {
    let budget = try ParameterBudget("50%")
    #expect(budget.parameters(ofBase: 1000) == 1000)
    #expect(try ParameterBudget("0.5%").parameters(ofBase: 199_000) == 1000)
    #expect(try ParameterBudget("0.0001%").parameters(ofBase: 10) == 1)
  }
}
