import PeftTensors

/// Batches that are made already: tensors of the model's inputs' names, and `labels`. A batch's rows
/// are copied out of the mapped file; nothing else of it is in memory.
///
/// Without `labels`, a causal language model learns `input_ids`, but for those that `attention_mask`
/// leaves out.
struct TensorRows: Sendable {
  let path: String
  let count: Int
  let tensors: [String: Tensor]
  let task: TrainingTask
  let tokens: TokenSettings

  private static let tokenNames = ["input_ids", "decoder_input_ids"]
  private static let wholeNames = tokenNames + ["attention_mask", "token_type_ids"]

  /// - Parameters:
  ///   - stored: The file's tensors.
  ///   - inputs: The names of the model's inputs.
  init(
    _ stored: [(name: String, tensor: Tensor)], path: String, task: TrainingTask,
    tokens: TokenSettings, inputs: [String] = []
  ) throws(DataError) {
    self.path = path
    self.task = task
    self.tokens = tokens
    tensors = Dictionary(stored.map { ($0.name, $0.tensor) }) { $1 }
    do throws(DataError.Reason) {
      count = try Self.rowCount(tensors, names: stored.map(\.name), inputs: inputs)
      try checkTypes()
      try checkLabels()
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
    for name in neededNames where tensors[name] == nil {
      throw .tensorMissing(name, task: task.name)
    }
  }

  private var neededNames: [String] {
    switch task {
    case .causalTokens: ["input_ids"]
    case .tokens, .classes, .multiLabel, .regression: ["labels"]
    case .contrastive: ["input_ids", "pixel_values"]
    }
  }

  private func checkLabels() throws(DataError.Reason) {
    guard let labels = tensors["labels"] else { return }
    let isReal = labels.type.isFloatingPoint
    func check(_ isRight: Bool, _ expected: String) throws(DataError.Reason) {
      guard !isRight else { return }
      throw .wrongShape(tensor: "labels", found: labels.shape, expected: expected)
    }
    switch task {
    case .causalTokens:
      let expected = tensors["input_ids"]?.shape ?? []
      try check(labels.shape == expected, "\(expected)")
    case .tokens: try check(labels.shape.count == 2, "[rows, tokens]")
    case .classes: try check(labels.count == labels.shape[0], "[rows]")
    case .multiLabel(let outputs), .regression(let outputs):
      try check(labels.count == labels.shape[0] * outputs, "[rows, \(outputs)]")
      return
    case .contrastive: return
    }
    if isReal { throw .wrongType(tensor: "labels", found: "\(labels.type)", expected: "int64") }
  }

  /// Bytes of a row that `check` looks at.
  var checkedRowBytes: Int {
    (Self.wholeNames + ["labels"]).reduce(0) { $0 + (tensors[$1]?.byteCount ?? 0) } / count
  }

  // MARK: Batches

  func batch(_ rows: [Int]) throws(DataError) -> TrainingBatch {
    do throws(DataError.Reason) {
      var inputs: [String: Tensor] = [:]
      for (name, tensor) in tensors where name != "labels" {
        inputs[name] = tensor.rows(rows)
      }
      return try batch(rows, inputs: &inputs)
    } catch {
      throw DataError(error, path: path)
    }
  }

  /// Finds numbers that are out of range, without looking at images.
  func check(_ rows: [Int]) throws(DataError) {
    do throws(DataError.Reason) {
      var inputs: [String: Tensor] = [:]
      for name in Self.wholeNames { inputs[name] = tensors[name]?.rows(rows) }
      _ = try batch(rows, inputs: &inputs)
    } catch {
      throw DataError(error, path: path)
    }
  }

  private func batch(
    _ rows: [Int], inputs: inout [String: Tensor]
  ) throws(DataError.Reason) -> TrainingBatch {
    for name in Self.wholeNames {
      guard let tensor = inputs[name], let numbers = tensor.integers() else { continue }
      if Self.tokenNames.contains(name) { try checkTokens(numbers, of: name, rows) }
      inputs[name] = Tensor(numbers, shape: tensor.shape)
    }
    let ids = inputs["input_ids"]
    let mask = inputs["attention_mask"]?.integers() ?? Array(repeating: 1, count: ids?.count ?? 0)
    if let ids { inputs["attention_mask"] = Tensor(mask, shape: ids.shape) }
    let tokenCount = mask.count { $0 != 0 }
    guard task != .contrastive else {
      return TrainingBatch(inputs: inputs, countedEntries: rows.count, tokenCount: tokenCount)
    }
    let labels = try labels(rows, ids: ids, mask: mask)
    inputs["labels"] = labels
    var counted = labels.count
    if task == .causalTokens || task == .tokens {
      let width = labels.shape[1]
      let numbers = labels.integers() ?? []
      counted = task.countedEntries(of: numbers, width: width)
      if task == .tokens, ids != nil, inputs["decoder_input_ids"] == nil {
        inputs["decoder_input_ids"] = Tensor(shifted(numbers, width: width), shape: labels.shape)
      }
    }
    return TrainingBatch(inputs: inputs, countedEntries: counted, tokenCount: tokenCount)
  }
}
