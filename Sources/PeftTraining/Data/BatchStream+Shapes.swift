import PeftAdapters

extension BatchStream {
  /// The shapes of a full batch, by the names of its inputs and labels, without making one.
  public var batchShapes: [String: [Int]] {
    if case .tensors(let rows) = source { return rows.batchShapes(batchSize) }
    let places = [batchSize, length]
    var shapes = [
      "input_ids": places, "attention_mask": places, "token_type_ids": places,
    ]
    shapes["labels"] = task.labelShape(rows: batchSize, tokens: places)
    if task == .tokens { shapes["decoder_input_ids"] = places }
    return shapes
  }
}

extension TensorRows {
  fileprivate func batchShapes(_ batchSize: Int) -> [String: [Int]] {
    var shapes = tensors.mapValues { [batchSize] + $0.shape.dropFirst() }
    let ids = shapes["input_ids"]
    if let ids { shapes["attention_mask"] = ids }
    let labels = tensors["labels"].map { [batchSize] + $0.shape.dropFirst() } ?? ids
    shapes["labels"] = task.labelShape(rows: batchSize, tokens: labels)
    if task == .tokens, ids != nil, shapes["decoder_input_ids"] == nil {
      shapes["decoder_input_ids"] = labels
    }
    return shapes
  }
}
