import ModelGraph

extension BatchStream {
  /// The shapes of a full batch with full padding, by the names of its inputs and labels, without making one.
  public var batchShapes: [String: [Int]] {
    if case .tensors(let rows) = source { return rows.batchShapes(batchSize) }
    return batchShapes(text: length, label: length)
  }

  /// - Parameters:
  ///   - text: What rows are padded to.
  ///   - label: What labels are padded to that have a length of their own.
  private func batchShapes(text: Int, label: Int) -> [String: [Int]] {
    let places = [batchSize, text]
    let shapes = ["input_ids": places, "attention_mask": places, "token_type_ids": places]
    let labelled = labels.shapes(
      rows: batchSize, tokens: [batchSize, labels.haveOwnLength ? label : text])
    return shapes.merging(labelled) { $1 }
  }

  /// The largest shapes of the next batches: those of full padding where some row is as long.
  /// - Parameter count: How many batches to look at.
  /// - Throws: What `next` throws.
  /// - Complexity: The texts of these batches are encoded, at most those of an epoch.
  func largestShapes(inBatches count: Int) throws -> [String: [Int]] {
    guard case .documents = source, !isPacked, padding == .longest else { return batchShapes }
    var (text, label) = (0, 0)
    var rest = self
    for _ in 0..<min(min(count, rowCount) * batchSize, rowCount)
    where min(text, label) < length {
      guard let next = try rest.nextExample() else { break }
      guard let row = next.example else { continue }
      label = max(label, row.label.tokens.count)
      text = max(text, row.tokens.count)
    }
    let lengths = BatchLengths(text: text, label: label, of: labels, padding, fullLength: length)
    return batchShapes(text: lengths.text, label: lengths.label)
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
