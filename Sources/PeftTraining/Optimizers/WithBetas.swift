import TunerKit

/// An optimizer with two decay rates of moving averages, which a recipe has in one list.
protocol WithBetas: OptimizerMethod {
  var beta1: Double { get set }
  var beta2: Double { get set }
}

extension WithBetas {
  static func betasField(_ summary: String) -> ConfigurationField<Self> {
    let words = "two numbers from 0 up to but not including 1"
    return ConfigurationField(
      "betas", \.betas, summary,
      rule: FieldRule(words, expectation: "a list of \(words)") { betas in
        betas.count == 2 && betas.allSatisfy { 0..<1 ~= $0 }
      })
  }

  private var betas: [Double] {
    get { [beta1, beta2] }
    set { if newValue.count == 2 { (beta1, beta2) = (newValue[0], newValue[1]) } }
  }
}
