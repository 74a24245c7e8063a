import ModelGraph
import PeftTensors

/// Some rows of tensors, of which a batch is made.
struct StoredRows {
  /// Which rows of the file they are.
  let rows: [Int]
  /// What the model reads.
  let inputs: [String: Tensor]
  /// The file's labels, where it has any.
  let labels: Tensor?
  /// 0 where `input_ids` is padding.
  let mask: [Int]
  let tokens: TokenSettings

  var ids: Tensor? { inputs["input_ids"] }

  /// How a message calls a label.
  func labelPlace(_ index: Int) -> String {
    labels?.place(index, of: Loss.labelsName, rows: rows) ?? Loss.labelsName
  }

  /// The file's labels as tokens of the vocabulary, or the ignored label.
  func tokenLabels() throws(DataError.Reason) -> [Int]? {
    guard let numbers = labels?.integers() else { return nil }
    let limit = tokens.vocabularySize ?? .max
    for (index, number) in numbers.enumerated()
    where !(0..<limit ~= number) && number != CrossEntropy.ignoredLabel {
      throw .labelOutOfRange(
        place: labelPlace(index), value: "\(number)",
        allowed: (tokens.vocabularySize.map { "tokens from 0 to \($0 - 1)" } ?? "tokens")
          + ", or \(CrossEntropy.ignoredLabel) where nothing is learnt")
    }
    return numbers
  }
}

extension Tensor {
  /// An entry as Python writes it, `input_ids[3, 5]`, of a tensor of some rows.
  func place(_ index: Int, of name: String, rows: [Int]) -> String {
    let width = count / rows.count
    let row = rows[index / width]
    return shape.count == 1 ? "\(name)[\(row)]" : "\(name)[\(row), \(index % width)]"
  }

  /// - Parameter expected: The shape that labels have to have, in words.
  func checkLabels(
    hasRightShape isRight: Bool, _ expected: String
  ) throws(DataError.Reason) {
    guard !isRight else { return }
    throw .wrongShape(tensor: Loss.labelsName, found: shape, expected: expected)
  }

  /// Makes sure that labels, as these are, are whole numbers.
  func checkLabelsAreWhole() throws(DataError.Reason) {
    guard type.isFloatingPoint else { return }
    throw .wrongType(tensor: Loss.labelsName, found: "\(type)", expected: "int64")
  }
}
