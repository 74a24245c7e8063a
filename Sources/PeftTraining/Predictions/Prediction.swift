import OrderedCollections
import PeftBasics
import PeftReports

/// What a model predicts of one row.
public struct Prediction: Hashable, Sendable {
  /// The class; the labels; the best token for each mask. None of a regression.
  public let answers: [Answer]
  /// The most likely of all for each thing that is asked, the best first: one list for a row, or one for each mask.
  public let alternatives: [[Answer]]
  /// The probability of every class or label, in the order of the model's outputs; empty for others.
  public let probabilities: [Double]
  /// The numbers of a regression; empty for others.
  public let numbers: [Float]

  /// Whether no number of it is inf or NaN.
  var isFinite: Bool {
    numbers.allSatisfy(\.isFinite) && probabilities.allSatisfy(\.isFinite)
      && alternatives.allSatisfy { $0.allSatisfy(\.probability.isFinite) }
  }

  init(
    answers: [Answer] = [], alternatives: [[Answer]] = [], probabilities: [Double] = [],
    numbers: [Float] = []
  ) {
    self.answers = answers
    self.alternatives = alternatives
    self.probabilities = probabilities
    self.numbers = numbers
  }
}

/// A class, a label or a word, and how likely it is.
public struct Answer: Hashable, Sendable {
  public let name: String
  public let probability: Double
}

/// How predictions become fields of rows.
struct PredictionFields: Sendable {
  let hasSeveralAnswers: Bool
  let hasNumbers: Bool
  /// The classes' names, told apart.
  let names: [String]
  /// Whether more than the best is told.
  let tellsTop: Bool
  /// Whether the probability of each class is told.
  let tellsProbabilities: Bool

  /// The names of the fields, in a table.
  var columns: [String] {
    ["prediction"] + (hasNumbers ? [] : ["probability"]) + (tellsTop ? ["top"] : [])
      + (tellsProbabilities ? names.map { "p_\($0)" } : [])
  }

  /// The fields as JSON.
  func record(_ prediction: Prediction) -> Record {
    var record: Record = ["prediction": value(predictions(prediction))]
    if !hasNumbers {
      record["probability"] = value(prediction.answers.map { .number($0.probability) })
    }
    if tellsTop { record["top"] = top(prediction) }
    if tellsProbabilities {
      record["probabilities"] = .map(
        OrderedDictionary(
          zip(names, prediction.probabilities.map(JSONValue.number))
        ) { first, _ in first })
    }
    return record
  }

  /// The fields as cells, several values of one between semicolons.
  /// - Parameter isForPeople: Whether numbers are rounded.
  func cells(_ prediction: Prediction, isForPeople: Bool) -> [String] {
    func number(_ value: Double) -> String { isForPeople ? value.fixed(4) : "\(value)" }
    func cell(_ value: JSONValue) -> String {
      switch value {
      case .text(let text): text
      case .number(let value): number(value)
      default: value.description
      }
    }
    var cells = [predictions(prediction).map(cell).joined(separator: ";")]
    if !hasNumbers {
      cells.append(prediction.answers.map { number($0.probability) }.joined(separator: ";"))
    }
    if tellsTop {
      cells.append(
        isForPeople
          ? prediction.alternatives.map { answers in
            answers.map { "\($0.name) \(number($0.probability))" }.joined(separator: " · ")
          }.joined(separator: " | ")
          : top(prediction).description)
    }
    return cells + (tellsProbabilities ? prediction.probabilities.map(number) : [])
  }

  private func predictions(_ prediction: Prediction) -> [JSONValue] {
    hasNumbers
      ? prediction.numbers.map(\.shortest) : prediction.answers.map { .text($0.name) }
  }

  private func value(_ values: [JSONValue]) -> JSONValue {
    hasSeveralAnswers ? .list(values) : values.first ?? .null
  }

  private func top(_ prediction: Prediction) -> JSONValue {
    let lists = prediction.alternatives.map { answers in
      JSONValue.list(
        answers.map { ["name": .text($0.name), "probability": .number($0.probability)] })
    }
    return lists.count == 1 && names.count > 0 ? lists[0] : .list(lists)
  }
}

extension Float {
  /// The number with as few digits as tell it from others.
  var shortest: JSONValue {
    isFinite ? Double("\(self)").map(JSONValue.number) ?? .null : .null
  }
}
