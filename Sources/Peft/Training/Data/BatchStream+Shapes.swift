extension BatchStream {
  /// The shapes of a full batch, by the names of its inputs and labels, without making one.
  public var batchShapes: [String: [Int]] {
    if case .tensors(let rows) = source { return rows.batchShapes(batchSize) }
    let places = [batchSize, sequenceLength]
    var shapes = [
      "input_ids": places, "attention_mask": places, "token_type_ids": places,
    ]
    switch task {
    case .causalTokens: shapes["labels"] = places
    case .tokens: (shapes["labels"], shapes["decoder_input_ids"]) = (places, places)
    case .classes: shapes["labels"] = [batchSize]
    case .multiLabel, .regression: shapes["labels"] = [batchSize, task.labelCount]
    case .contrastive: break
    }
    return shapes
  }
}

extension TensorRows {
  fileprivate func batchShapes(_ batchSize: Int) -> [String: [Int]] {
    var shapes = tensors.mapValues { [batchSize] + $0.shape.dropFirst() }
    shapes["labels"] = nil
    let ids = shapes["input_ids"]
    if let ids { shapes["attention_mask"] = ids }
    let labels = tensors["labels"].map { [batchSize] + $0.shape.dropFirst() } ?? ids
    switch task {
    case .causalTokens: shapes["labels"] = labels
    case .tokens:
      shapes["labels"] = labels
      if ids != nil, shapes["decoder_input_ids"] == nil { shapes["decoder_input_ids"] = labels }
    case .classes: shapes["labels"] = [batchSize]
    case .multiLabel, .regression: shapes["labels"] = [batchSize, task.labelCount]
    case .contrastive: break
    }
    return shapes
  }
}
