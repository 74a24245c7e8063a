import Foundation
import PeftTestSupport

/// Small trained models with rows, and what transformers, scikit-learn and sentence-transformers make of them
/// (`evaluation/`).
struct EvaluationFixture: Decodable {
  struct Classified: Decodable {
    let loss: Double
    let accuracy, balancedAccuracy, f1Macro, f1Micro, matthews: Double
    let confusion: [[Int]]
    let logits: [[Double]]

    /// By the names of a report.
    var measures: [String: Double] {
      [
        "accuracy": accuracy, "balanced_accuracy": balancedAccuracy, "f1_macro": f1Macro,
        "f1_micro": f1Micro, "matthews_correlation": matthews,
      ]
    }
  }

  struct Numbers: Decodable {
    let meanSquaredError, pearson, spearman: Double
  }

  struct Language: Decodable {
    let loss, perplexity, bitsPerByte: Double
    let entries: Int
  }

  struct Masked: Decodable {
    let text: String
    let tokens: [[String]]
    let probabilities: [[Double]]
  }

  struct Sentences: Decodable {
    let texts: [String]
    let mean, cls: [[Float]]
  }

  let base, lora: Classified
  let numbers: Numbers
  let language: Language
  let masked: Masked
  let sentences: Sentences

  static let recorded = Result {
    try Fixture.decode("evaluation/expected.json", as: EvaluationFixture.self)
  }

  static func path(_ name: String) -> String { Fixture.path("evaluation/\(name)") }
}
