import ModelGraph
import TunerKit

/// Every row has one class.
struct Classification: Objective {
  static let problemType: TrainingRecipe.ProblemType? = .singleLabel
  static let task: TaskType? = .sequenceClassification
  static let smoothsLabels = true
  let name = "a classification"
  let count: Int
  let smoothing: Double
  var names: [String]?

  init(count: Int, smoothing: Double) {
    self.count = count
    self.smoothing = smoothing
  }

  /// Several outputs are classes by default.
  init?(_ model: ModelAnswers) {
    guard let width = model.rowWidth, model.problemType.map({ $0 == .singleLabel }) ?? (width > 1)
    else { return nil }
    self.init(count: width, smoothing: model.smoothing)
    names = model.labelNames(count: width)
  }

  var scorer: (any Scorer)? { ClassScorer(count: count, names: names) }

  func predictor(_ choices: PredictionChoices) -> (any Predictor)? {
    ClassPredictor(names: .distinct(names, count: count), top: choices.top ?? 1)
  }

  var divergence: (([Double], [Double]) -> Double)? { KullbackLeibler.ofClasses(_:from:) }

  var loss: any OutputLoss { CrossEntropy(CrossEntropy.Settings(smoothing: smoothing)) }

  var labels: any Labels {
    RowLabels(
      count: 1, areClasses: true, names: names.map(LabelNames.init),
      range: LabelRange("whole numbers from 0 to \(count - 1)") { [count] in
        $0 == $0.rounded() && 0..<Double(count) ~= $0
      })
  }
}

extension TrainingObjective {
  /// Every row has one class.
  public static func classes(count: Int, smoothing: Double = 0) -> Self {
    Self(Classification(count: count, smoothing: smoothing))
  }
}

extension TrainingRecipe.ProblemType {
  /// Every row has one class.
  public static let singleLabel = Self("single_label_classification")
}
