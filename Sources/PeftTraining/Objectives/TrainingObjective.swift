package import ModelGraph
import TunerKit

/// What a model is trained for: which of its outputs is compared with which labels, and how.
///
/// A recipe finds it out from the model. In Swift, choose one by name: `.nextToken()`.
public struct TrainingObjective: Sendable {
  let kind: any Objective

  init(_ kind: any Objective) { self.kind = kind }

  /// What a model's outputs are for.
  /// - Parameters:
  ///   - problemType: What a classifier's labels are.
  ///   - usualType: What its configuration says that they are.
  ///   - smoothing: Label smoothing, where labels are classes.
  ///   - labelNames: The names of a classifier's classes.
  /// - Throws: `TrainingSetupError` where the model has no output to train, or where it is no
  ///   classifier, and `problemType` is given.
  package init(
    of graph: Graph, problemType: TrainingRecipe.ProblemType? = nil, usualType: String? = nil,
    smoothing: Double = 0, labelNames: [String]? = nil
  ) throws(TrainingSetupError) {
    let usual = usualType.flatMap(TrainingRecipe.ProblemType.init)
    let model = ModelAnswers(
      graph: graph, problemType: problemType ?? usual, smoothing: smoothing,
      labelNames: labelNames)
    guard let kind = Objectives.all.lazy.compactMap({ $0.init(model) }).first else {
      throw .noLogits(outputs: graph.outputs.map(\.name))
    }
    guard problemType == nil || !kind.predictsTokens else { throw .noClassifier }
    self.kind = kind
  }

  /// What messages call it: `a regression`.
  package var name: String { kind.name }

  /// PEFT's task of a model that is trained for this, which reads tokens; nil where there is none.
  func task(of graph: Graph) -> TaskType? {
    graph.readsTokens ? type(of: kind).task : nil
  }

  /// What evaluations measure.
  /// - Throws: `LossError` where the model does not have the output that is measured.
  func metrics(on graph: Graph) throws -> [EarlyStopping.Metric] {
    let measured = try graph.measuring(self).outputs.map(\.name)
    return [.loss] + (measured.contains(Loss.correctName) ? [.accuracy] : [])
      + (kind.scorer?.scores.macroF1 != nil ? [.f1] : [])
  }

  /// The output of the model that is measured.
  package var measuredOutput: String { kind.measuredOutput }
}

extension Graph {
  /// This graph with the loss of an objective as its output, and the number of correct predictions where
  /// the objective counts them.
  /// - Throws: `LossError` where the model does not have the output that is measured.
  func measuring(_ objective: TrainingObjective) throws -> Graph {
    try measuring(objective.kind.measuredOutput, by: objective.kind.loss)
  }

  /// The same with the output as well, where the objective scores it.
  func evaluating(_ objective: TrainingObjective) throws -> Graph {
    try measuring(
      objective.kind.measuredOutput, by: objective.kind.loss,
      keepsOutput: objective.kind.scorer != nil)
  }
}
