import PeftAdapters
import PeftTensors

/// Makes a batch of examples.
struct BatchBuilder {
  private let task: TrainingTask
  private let length: Int
  private let decoderStart: Int
  private var rows: PaddedRows
  private var tokenLabels: PaddedRows
  private var decoderInputs: PaddedRows
  private var classes: [Int] = []
  private var numbers: [Float] = []

  init(for task: TrainingTask, length: Int, tokens: TokenSettings) {
    self.task = task
    self.length = length
    decoderStart = tokens.decoderStart
    rows = PaddedRows(length: length, padding: tokens.padding)
    tokenLabels = PaddedRows(length: length, padding: TrainingTask.ignoredLabel)
    decoderInputs = PaddedRows(length: length, padding: tokens.padding)
  }

  var count: Int { rows.count }

  /// Whether something of the example did not fit.
  mutating func append(_ example: Example) -> Bool {
    rows.append(example.tokens, segments: example.segments)
    switch example.label {
    case .tokens(let labels): tokenLabels.append(labels)
    case .answer(let answer):
      tokenLabels.append(answer)
      decoderInputs.append([decoderStart] + answer.prefix(length).dropLast())
      if answer.count > length { return true }
    case .singleClass(let label): classes.append(label)
    case .numbers(let label): numbers += label
    }
    return example.tokens.count > length
  }

  var batch: TrainingBatch {
    var inputs = rows.inputs
    var counted = count
    switch task {
    case .causalTokens, .tokens:
      inputs["labels"] = tokenLabels.tokens
      counted = tokenLabels.countedEntries(for: task)
      if task == .tokens { inputs["decoder_input_ids"] = decoderInputs.tokens }
    case .classes: inputs["labels"] = Tensor(classes, shape: [count])
    case .multiLabel, .regression:
      inputs["labels"] = Tensor(numbers, shape: [count, task.labelCount])
      counted = numbers.count
    case .contrastive: break
    }
    return TrainingBatch(inputs: inputs, countedEntries: counted, tokenCount: rows.tokenCount)
  }
}
