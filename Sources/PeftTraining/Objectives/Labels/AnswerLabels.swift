import ModelGraph
import PeftTensors

/// The tokens of the target text, one label for each position of the decoder.
struct AnswerLabels: Labels {
  /// Whether a decoder reads them, shifted right by one.
  let areDecoded: Bool
  let contents: [DataContent] = [.texts, .tensors]
  let settings = ["target"]
  let neededTensors = [Loss.labelsName]

  var haveOwnLength: Bool { areDecoded }

  private static let decoderName = "decoder_input_ids"

  func check(_ record: DataRecord, _ maker: ExampleMaker) throws(DataError.Reason) {
    _ = try maker.answer(of: record)
  }

  func example(_ record: DataRecord, _ maker: ExampleMaker) throws -> Example {
    let (given, answer) = try maker.answer(of: record)
    let (asked, answered) = (try maker.encoded(given), try maker.encoded(answer))
    let labels = maker.ended(answered.map(\.id))
    var example = Example(asked, label: .tokens(labels))
    example.byteCounts =
      answered.byteCounts + repeatElement(0, count: labels.count - answered.count)
    if areDecoded { example.endCount = asked.endCount }
    return example
  }

  func inputs(
    of labels: [Example.Label], length: Int, tokens: TokenSettings
  ) -> LabelInputs {
    let rows = PaddedRows(labels: labels, length: length)
    var inputs = inputs(rows.ids, shape: [labels.count, length])
    guard areDecoded else { return inputs }
    var read = PaddedRows(length: length, padding: tokens.padding)
    for answer in labels.map(\.tokens) {
      read.append([tokens.decoderStart] + answer.prefix(length).dropLast())
    }
    inputs.tensors[Self.decoderName] = Tensor(read.ids, shape: [labels.count, length])
    return inputs
  }

  func shapes(rows: Int, tokens: [Int]?) -> [String: [Int]] {
    guard let tokens else { return [:] }
    return areDecoded
      ? [Loss.labelsName: tokens, Self.decoderName: tokens] : [Loss.labelsName: tokens]
  }

  func check(_ labels: Tensor, ids: Tensor?) throws(DataError.Reason) {
    try labels.checkLabels(hasRightShape: labels.shape.count == 2, "[rows, tokens]")
    try labels.checkLabelsAreWhole()
  }

  func inputs(of stored: StoredRows) throws(DataError.Reason) -> LabelInputs {
    let shape = stored.labels?.shape ?? []
    let labels = try stored.tokenLabels() ?? []
    var inputs = inputs(labels, shape: shape)
    if areDecoded, stored.inputs[Self.decoderName] == nil {
      let read = shifted(labels, width: shape.last ?? 1, stored.tokens)
      inputs.tensors[Self.decoderName] = Tensor(read, shape: shape)
    }
    return inputs
  }

  private func inputs(_ labels: [Int], shape: [Int]) -> LabelInputs {
    LabelInputs(
      tensors: [Loss.labelsName: Tensor(labels, shape: shape)],
      countedEntries: labels.count { $0 != CrossEntropy.ignoredLabel })
  }

  private func shifted(_ labels: [Int], width: Int, _ tokens: TokenSettings) -> [Int] {
    labels.indices.map { index in
      guard !index.isMultiple(of: width) else { return tokens.decoderStart }
      let label = labels[index - 1]
      return label == CrossEntropy.ignoredLabel ? tokens.padding : label
    }
  }
}
