import PeftAdapters
import PeftReports
import PeftTensors

extension TensorRows {
  /// The labels of some rows, all of them found to be in range.
  func labels(
    _ rows: [Int], ids: Tensor?, mask: [Int]
  ) throws(DataError.Reason) -> Tensor {
    guard let labels = tensors["labels"]?.rows(rows) else {
      let numbers = ids?.integers() ?? []
      return Tensor(
        zip(numbers, mask).map { $1 == 0 ? TrainingTask.ignoredLabel : $0 },
        shape: ids?.shape ?? [])
    }
    switch task {
    case .multiLabel, .regression:
      let numbers = labels.floats()
      for (index, number) in numbers.enumerated() {
        try task.check(
          Double(number), text: "\(number)", place: place("labels", index, rows, numbers.count))
      }
      return Tensor(numbers, shape: [rows.count, task.labelCount])
    case .classes:
      let numbers = labels.integers() ?? []
      for (index, number) in numbers.enumerated() {
        try task.check(
          Double(number), text: "\(number)", place: place("labels", index, rows, numbers.count))
      }
      return Tensor(numbers, shape: [rows.count])
    case .causalTokens, .tokens, .contrastive:
      let numbers = labels.integers() ?? []
      try checkTokens(numbers, of: "labels", rows)
      return Tensor(numbers, shape: labels.shape)
    }
  }

  /// Makes sure that the model knows all tokens of some rows.
  func checkTokens(
    _ numbers: [Int], of name: String, _ rows: [Int]
  ) throws(DataError.Reason) {
    let limit = tokens.vocabularySize ?? .max
    for (index, number) in numbers.enumerated() where !(0..<limit ~= number) {
      let place = place(name, index, rows, numbers.count)
      guard name == "labels" else {
        throw .tokenOutOfRange(place: place, token: number, vocabulary: limit)
      }
      guard number == TrainingTask.ignoredLabel else {
        throw .labelOutOfRange(
          place: place, value: "\(number)",
          allowed: (tokens.vocabularySize.map { "tokens from 0 to \($0 - 1)" } ?? "tokens")
            + ", or -100 where nothing is learnt")
      }
    }
  }

  /// An entry as Python writes it, `input_ids[3, 5]`.
  private func place(_ name: String, _ index: Int, _ rows: [Int], _ count: Int) -> String {
    let width = count / rows.count
    let row = rows[index / width]
    return tensors[name]?.shape.count == 1
      ? "\(name)[\(row)]" : "\(name)[\(row), \(index % width)]"
  }

  /// What a decoder reads to answer labels.
  func shifted(_ labels: [Int], width: Int) -> [Int] {
    labels.indices.map { index in
      guard !index.isMultiple(of: width) else { return tokens.decoderStart }
      let label = labels[index - 1]
      return label == TrainingTask.ignoredLabel ? tokens.padding : label
    }
  }
}
