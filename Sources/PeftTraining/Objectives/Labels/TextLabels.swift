import ModelGraph
import PeftTensors

/// Every token is its own label, which the position before it has to predict; that of a row's first token
/// is ignored. A prompt is masked from the loss.
struct TextLabels: Labels {
  let contents: [DataContent] = [.texts, .tokens, .tensors]
  let settings = ["prompt", "packed"]
  let neededTensors = ["input_ids"]
  let firstCounted = 1

  func example(_ record: DataRecord, _ maker: ExampleMaker) throws -> Example {
    if let chat = try maker.chatText(of: record) {
      let tokens = try maker.encoded(chat.text)
      var example = Example(
        tokens,
        label: .tokens(tokens.map { chat.counts($0.range) ? $0.id : CrossEntropy.ignoredLabel }))
      example.byteCounts = tokens.byteCounts
      return example
    }
    let texts = try maker.texts(of: record)
    let encoded = try maker.encoded(texts.text)
    var all = encoded
    var byteCounts = encoded.byteCounts
    var given = 0
    if let prompt = texts.prompt {
      let start = encoded.firstIndex { !$0.isInserted } ?? encoded.count
      let promptTokens = try maker.encoded(prompt).filter { !$0.isInserted }
      all.insert(contentsOf: promptTokens, at: start)
      byteCounts.insert(contentsOf: promptTokens.byteCounts, at: start)
      given = start + promptTokens.count
    }
    var example = Example(all, label: .tokens([]))
    example.tokens = maker.ended(example.tokens)
    if maker.trainOn == .all { given = 0 }
    let ignored = Array(repeating: CrossEntropy.ignoredLabel, count: given)
    example.label = .tokens(ignored + example.tokens[given...])
    // The end of the text has no bytes.
    example.byteCounts =
      byteCounts + repeatElement(0, count: example.tokens.count - byteCounts.count)
    return example
  }

  func inputs(
    of labels: [Example.Label], length: Int, tokens: TokenSettings
  ) -> LabelInputs {
    let rows = PaddedRows(labels: labels, length: length)
    return inputs(rows.ids, shape: [labels.count, length])
  }

  func shapes(rows: Int, tokens: [Int]?) -> [String: [Int]] {
    tokens.map { [Loss.labelsName: $0] } ?? [:]
  }

  func check(_ labels: Tensor, ids: Tensor?) throws(DataError.Reason) {
    let expected = ids?.shape ?? []
    try labels.checkLabels(hasRightShape: labels.shape == expected, "\(expected)")
    try labels.checkLabelsAreWhole()
  }

  /// Without labels in the file, the labels are the tokens, except for padding by the attention mask.
  func inputs(of stored: StoredRows) throws(DataError.Reason) -> LabelInputs {
    if let labels = try stored.tokenLabels() {
      return inputs(labels, shape: stored.labels?.shape ?? [])
    }
    let ids = stored.ids?.integers() ?? []
    return inputs(
      zip(ids, stored.mask).map { $1 == 0 ? CrossEntropy.ignoredLabel : $0 },
      shape: stored.ids?.shape ?? [])
  }

  private func inputs(_ labels: [Int], shape: [Int]) -> LabelInputs {
    let width = shape.last ?? 1
    let counted = labels.indices.count {
      labels[$0] != CrossEntropy.ignoredLabel && !$0.isMultiple(of: width)
    }
    return LabelInputs(
      tensors: [Loss.labelsName: Tensor(labels, shape: shape)], countedEntries: counted)
  }
}
