import ModelGraph

extension BatchStream {
  /// The shapes of a full batch, by the names of its inputs and labels, without making one.
  public var batchShapes: [String: [Int]] {
    if case .tensors(let rows) = source { return rows.batchShapes(batchSize) }
    let places = [batchSize, length]
    let shapes = ["input_ids": places, "attention_mask": places, "token_type_ids": places]
    return shapes.merging(labels.shapes(rows: batchSize, tokens: places)) { $1 }
  }
}

extension TensorRows {
  fileprivate func batchShapes(_ batchSize: Int) -> [String: [Int]] {
    var shapes = tensors.mapValues { [batchSize] + $0.shape.dropFirst() }
    let ids = shapes["input_ids"]
    if let ids { shapes["attention_mask"] = ids }
    let stored = shapes.removeValue(forKey: Loss.labelsName)
    // What the file has stays as it is there.
    return shapes.merging(labels.shapes(rows: batchSize, tokens: stored ?? ids)) { old, _ in old }
  }
}
