import ModelGraph

extension BatchStream {
  /// The shapes of a full batch with full padding, by the names of its inputs and labels, without making one.
  public var batchShapes: [String: [Int]] {
    if case .tensors(let rows) = source { return rows.batchShapes(batchSize) }
    let places = [batchSize, length]
    let shapes = ["input_ids": places, "attention_mask": places, "token_type_ids": places]
    return shapes.merging(labels.shapes(rows: batchSize, tokens: places)) { $1 }
  }

  /// The largest shapes of the next batches: those of full padding where some row is as long.
  /// - Parameter count: How many batches to look at; an epoch is enough.
  /// - Throws: What `next` throws.
  /// - Complexity: As making the batches: all their texts are encoded.
  func largestShapes(inBatches count: Int) throws -> [String: [Int]] {
    let full = batchShapes
    guard case .documents = source, !isPacked, padding == .longest else { return full }
    var largest: [String: [Int]] = [:]
    var (rest, made) = (self, 0)
    while made < count, largest != full, rest.cursor.epoch == cursor.epoch,
      let batch = try rest.next()
    {
      largest.merge(batch.inputs.mapValues(\.shape)) { zip($0, $1).map(max) }
      made += 1
    }
    return largest
  }

  /// The rows by their lengths; nil where all have one.
  func lengthGroups() throws -> LengthGroups? {
    guard case .documents = source, !isPacked else { return nil }
    let lengths = try (0..<rowCount).map { UInt32(min(length, try example($0).tokens.count)) }
    return LengthGroups(lengths: lengths, batchSize: batchSize)
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
