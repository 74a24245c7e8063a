import ModelGraph
import PeftTensors

/// Texts and images belong together in the order in which they stand.
///
/// It has no task: PEFT's class for FEATURE_EXTRACTION gives a model `inputs_embeds`, which CLIP does not take.
struct Contrastive: Objective {
  let name = "a contrastive loss"
  let measuredOutput = outputName
  private static let outputName = "logits_per_text"

  init() {}

  init?(_ model: ModelAnswers) {
    guard model.hasOutput(Self.outputName) else { return nil }
  }

  var loss: any OutputLoss { ContrastiveLoss() }
  var labels: any Labels { NoLabels() }
}

extension TrainingObjective {
  /// Texts and images belong together in the order in which they stand.
  public static let contrastive = Self(Contrastive())
}

/// The order of a batch's rows says what belongs together: nothing else does.
private struct NoLabels: Labels {
  let contents: [DataContent] = [.tensors]
  let neededTensors = ["input_ids", "pixel_values"]

  func inputs(
    of labels: [Example.Label], length: Int, tokens: TokenSettings
  ) -> LabelInputs {
    LabelInputs(tensors: [:], countedEntries: labels.count)
  }

  func shapes(rows: Int, tokens: [Int]?) -> [String: [Int]] { [:] }
  func check(_ labels: Tensor, ids: Tensor?) {}

  func inputs(of stored: StoredRows) -> LabelInputs {
    LabelInputs(tensors: [:], countedEntries: stored.rows.count)
  }
}
