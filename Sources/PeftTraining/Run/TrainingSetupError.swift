public import PeftBasics

/// Why a run cannot begin.
public enum TrainingSetupError: Diagnosis, Hashable {
  case noLogits(outputs: [String])
  case noClassifier
  case sequenceTooLong(Int, positions: Int)
  case nothingTrained
  case holdsRun(String)
  case holdsOtherFile(String, name: String)
  case noRun(String)
  case inUse(String)
  case noTokenizer(model: String)
  case unreadableState(String, reason: String)
  case otherRecipe(String, saved: String, fields: [String])
  case finished(String, steps: Int)
  /// A run that is resumed after it stopped early.
  case stoppedEarly(String, EarlyStop)
  case noMetric(String, objective: String, known: [String])
  case warmupTooLong(Int, steps: Int)
  case accumulatesTooMuch(Int, batches: Int)
  case tooLittleMemory(needed: Int?, present: Int, sizes: String)

  public var words: (problem: String, fix: String?) {
    switch self {
    case .noLogits(let outputs):
      (
        "the model has no output to train or to measure: it gives \(outputs.joined(separator: ", "))",
        "use the model with a head: one for tokens, or a classifier"
      )
    case .noClassifier:
      ("problem_type is for classifiers, and this model predicts tokens", "leave it out")
    case .sequenceTooLong(let length, let positions):
      (
        "sequence_length is \(length), and the model has \(positions) positions",
        "set sequence_length to at most \(positions)"
      )
    case .nothingTrained:
      ("nothing is trained", "choose targets, modules_to_save or biases that the loss depends on")
    case .holdsRun(let path):
      (
        "\(path) holds a run already",
        "go on with it, 'peft train --resume \(path)', or choose another output"
      )
    case .holdsOtherFile(let path, let name):
      (
        "\(path) has a file \(name) that a run would replace",
        "move it, or choose another output"
      )
    case .noRun(let path):
      ("\(path) has no state to resume from", "give the output folder of a run that was saved")
    case .inUse(let path):
      ("\(path) is in use by another run", "wait for it, or choose another output")
    case .noTokenizer(let model):
      (
        "\(model) has no tokenizer.json to read texts with",
        "name one in a recipe's data.tokenizer, or with --tokenizer; 'bytes' needs no file"
      )
    case .unreadableState(let path, let reason):
      ("\(path) cannot be read: \(reason)", "start the run anew in another folder")
    case .otherRecipe(let path, let saved, let fields):
      (
        "\(path) is not what it was when the run was saved, in \(fields.joined(separator: ", "))",
        "write there what \(saved) has, or begin another run"
      )
    case .finished(let path, let steps):
      (
        "the run is finished: it has made its \(steps.grouped) steps",
        "raise 'steps' or 'epochs' in \(path), or start another run"
      )
    case .stoppedEarly(let path, let stop):
      (
        "the run is finished: it stopped early after step \(stop.step.grouped), since \(stop.reason)",
        "raise 'patience' of early_stopping in \(path), or start another run"
      )
    case .noMetric(let metric, let objective, let known):
      (
        "early_stopping follows \(metric), which evaluations of \(objective) do not measure",
        "choose \(known.joined(separator: " or ")) as its metric"
      )
    case .warmupTooLong(let warmup, let steps):
      (
        "warmup_steps is \(warmup), and the run has \(steps) steps",
        "warm up for less, or train longer"
      )
    case .accumulatesTooMuch(let count, let batches):
      (
        "accumulate is \(count.grouped), and there are \(batches.grouped) batches to train on",
        "accumulate less, or train longer"
      )
    case .tooLittleMemory(let needed, let present, let sizes):
      (
        "a step takes \(needed?.asBytes ?? "more memory than can be counted") beside the model, and "
          + "the machine has \(present.asBytes)",
        "lower \(sizes)"
      )
    }
  }
}

extension TrainingSetupError {
  /// Whether a run is finished already.
  var isEnd: Bool {
    switch self {
    case .finished, .stoppedEarly: true
    default: false
    }
  }
}
