import ModelGraph
import PeftAdapters
import PeftBasics

extension Trainer {
  /// The model card of the adapter as it is now.
  /// - Parameter evaluation: The last one; nil before the first.
  func card(after evaluation: RunFigures.Evaluation?) -> ModelCard {
    let graph = resolved.model.graph
    return ModelCard(
      of: resolved.training.adapter, on: recipe.model,
      isOfTransformers: graph.origin.modelType != nil,
      labelCount: ModelAnswers(graph: graph, problemType: nil, smoothing: 0).rowWidth,
      figures: figures(after: evaluation))
  }

  private func figures(after evaluation: RunFigures.Evaluation?) -> [(name: String, value: String)]
  {
    let accumulated =
      recipe.accumulate > 1 ? ", \(recipe.accumulate.grouped) batches a step" : ""
    var rows = [
      (name: "objective", value: resolved.objective.name),
      ("trained parameters", parameterCount.grouped),
      ("steps", "\(numbers.step.grouped) of \(totalSteps.grouped)"),
      ("epochs", stream.position.epochs.fixed(2)),
      ("batch size", "\(recipe.batchSize.grouped)\(accumulated)"),
      ("optimizer", "\(recipe.optimizer.name), learning rate \(recipe.optimizer.learningRate)"),
      ("schedule", recipe.schedule.name), ("precision", recipe.precision.rawValue),
      ("seed", "\(recipe.seed)"),
    ]
    if let (mean, count) = self.figures.loss {
      let steps = count > 1 ? ", mean of the last \(count.grouped) steps" : ""
      rows.append(("training loss", "\(mean.fixed(4))\(steps)"))
    }
    if let evaluation {
      let accuracy = evaluation.accuracy.map { ", accuracy \((100 * $0).fixed(1)) %" } ?? ""
      rows.append(("evaluation loss", "\(evaluation.loss.fixed(4))\(accuracy)"))
    }
    if let best = numbers.evaluations.best, let step = best.step {
      let value = "\(recipe.metric.rawValue) \(recipe.metric.text(of: best.value))"
      rows.append(("best evaluation", "\(value), after step \(step.grouped)"))
    }
    rows.append(("seconds of training", numbers.seconds.fixed(0)))
    return rows
  }
}
