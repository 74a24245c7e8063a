import ModelGraph
import PeftTensors

/// Batches that are made already: tensors of the model's inputs' names, and `labels`. A batch's rows
/// are copied out of the mapped file; nothing else of it is in memory.
struct TensorRows: Sendable {
  let path: String
  let count: Int
  let tensors: [String: Tensor]
  let labels: any Labels
  let tokens: TokenSettings

  private static let tokenNames = ["input_ids", "decoder_input_ids"]
  private static let wholeNames = tokenNames + ["attention_mask", "token_type_ids"]

  /// - Parameters:
  ///   - stored: The file's tensors.
  ///   - inputs: The names of the model's inputs.
  init(
    _ stored: [(name: String, tensor: Tensor)], path: String, objective: any Objective,
    tokens: TokenSettings, inputs: [String] = []
  ) throws(DataError) {
    self.path = path
    labels = objective.labels
    self.tokens = tokens
    tensors = Dictionary(stored.map { ($0.name, $0.tensor) }) { $1 }
    do throws(DataError.Reason) {
      count = try Self.rowCount(tensors, names: stored.map(\.name), inputs: inputs)
      try checkTypes()
      for name in labels.neededTensors where tensors[name] == nil {
        throw .tensorMissing(name, task: objective.name)
      }
      if let stored = tensors[Loss.labelsName] {
        try labels.check(stored, ids: tensors["input_ids"])
      }
    } catch {
      throw DataError(error, path: path)
    }
  }

  private static func rowCount(
    _ tensors: [String: Tensor], names: [String], inputs: [String]
  ) throws(DataError.Reason) -> Int {
    let usual = ["input_ids", "pixel_values"]
    let wanted = inputs.contains { usual.contains($0) } || inputs.isEmpty ? usual : inputs
    guard let main = wanted.first(where: { tensors[$0] != nil }), let first = tensors[main]
    else { throw .noInputs(found: names, wanted: wanted) }
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      guard !tensor.shape.isEmpty else {
        throw .wrongShape(tensor: name, found: [], expected: "[rows, …]")
      }
      guard tensor.shape[0] == first.shape.first else {
        throw .otherRowCount(
          tensor: name, found: tensor.shape[0], other: main, expected: first.shape.first ?? 0)
      }
    }
    guard first.shape[0] > 0 else { throw .noRows }
    return first.shape[0]
  }

  private func checkTypes() throws(DataError.Reason) {
    for name in Self.wholeNames {
      guard let tensor = tensors[name] else { continue }
      guard !tensor.type.isFloatingPoint else {
        throw .wrongType(tensor: name, found: "\(tensor.type)", expected: "int64")
      }
      guard tensor.shape.count == 2 else {
        throw .wrongShape(tensor: name, found: tensor.shape, expected: "[rows, tokens]")
      }
      guard tensor.count > 0 else { throw .noTokens }
    }
    for name in ["attention_mask", "token_type_ids"] {
      if let tensor = tensors[name], let ids = tensors["input_ids"], tensor.shape != ids.shape {
        throw .wrongShape(tensor: name, found: tensor.shape, expected: "\(ids.shape)")
      }
    }
  }

  /// Bytes of a row that `check` looks at.
  var checkedRowBytes: Int {
    (Self.wholeNames + [Loss.labelsName]).reduce(0) { $0 + (tensors[$1]?.byteCount ?? 0) } / count
  }

  // MARK: Batches

  func batch(_ rows: [Int]) throws(DataError) -> TrainingBatch {
    do throws(DataError.Reason) {
      var inputs: [String: Tensor] = [:]
      for (name, tensor) in tensors where name != Loss.labelsName {
        inputs[name] = tensor.rows(rows)
      }
      return try batch(rows, inputs: &inputs)
    } catch {
      throw DataError(error, path: path)
    }
  }

  /// Finds tokens and labels that are out of range, without reading images.
  func check(_ rows: [Int]) throws(DataError) { _ = try countedEntries(of: rows) }

  /// Whether labels of a row count.
  func counts(_ row: Int) throws(DataError) -> Bool { try countedEntries(of: [row]) > 0 }

  private func countedEntries(of rows: [Int]) throws(DataError) -> Int {
    do throws(DataError.Reason) {
      var inputs: [String: Tensor] = [:]
      for name in Self.wholeNames { inputs[name] = tensors[name]?.rows(rows) }
      return try batch(rows, inputs: &inputs).countedEntries
    } catch {
      throw DataError(error, path: path)
    }
  }

  private func batch(
    _ rows: [Int], inputs: inout [String: Tensor]
  ) throws(DataError.Reason) -> TrainingBatch {
    for name in Self.wholeNames {
      guard let tensor = inputs[name], let numbers = tensor.integers() else { continue }
      if Self.tokenNames.contains(name) { try checkTokens(numbers, of: name, tensor, rows) }
      inputs[name] = Tensor(numbers, shape: tensor.shape)
    }
    let ids = inputs["input_ids"]
    let mask = inputs["attention_mask"]?.integers() ?? Array(repeating: 1, count: ids?.count ?? 0)
    if let ids { inputs["attention_mask"] = Tensor(mask, shape: ids.shape) }
    let tokenCount = mask.count { $0 != 0 }
    let made = try labels.inputs(
      of: StoredRows(
        rows: rows, inputs: inputs, labels: tensors[Loss.labelsName]?.rows(rows), mask: mask,
        tokens: tokens))
    return TrainingBatch(
      inputs: inputs.merging(made.tensors) { $1 }, countedEntries: made.countedEntries,
      tokenCount: tokenCount)
  }

  /// Makes sure that all tokens of some rows are in the vocabulary.
  private func checkTokens(
    _ numbers: [Int], of name: String, _ tensor: Tensor, _ rows: [Int]
  ) throws(DataError.Reason) {
    let limit = tokens.vocabularySize ?? .max
    for (index, number) in numbers.enumerated() where !(0..<limit ~= number) {
      throw .tokenOutOfRange(
        place: tensor.place(index, of: name, rows: rows), token: number, vocabulary: limit)
    }
  }
}
