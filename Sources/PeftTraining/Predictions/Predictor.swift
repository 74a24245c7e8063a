import ModelGraph
import PeftPlatform

/// Makes predictions of a model's outputs, one row at a time.
protocol Predictor: Sendable {
  /// What can be told of each row by name; empty where answers are words or numbers.
  var names: [String] { get }
  /// Whether a row has a list of answers.
  var hasSeveralAnswers: Bool { get }
  /// Whether answers are numbers.
  var hasNumbers: Bool { get }
  /// How many answers are told where nobody asks for a number.
  var usualTop: Int { get }

  /// What is wrong with a row before the model reads it.
  func check(_ tokens: [Int]) throws(DataError.Reason)
  /// - Parameters:
  ///   - outputs: The row's part of the output that is measured.
  ///   - tokens: What the model read; empty where it read no text.
  func prediction(of outputs: ArraySlice<Float>, tokens: [Int]) -> Prediction
}

extension Predictor {
  var names: [String] { [] }
  var hasNumbers: Bool { false }
  var usualTop: Int { 1 }
  func check(_ tokens: [Int]) throws(DataError.Reason) {}
}

/// How predictions are made of outputs.
struct PredictionChoices: Sendable {
  /// How many answers are told, the most likely first; as many as are usual where nil.
  var top: Int?
  /// The least probability of a label that is predicted, where a row has any number of them.
  var threshold: Double
  let tokens: TokenSettings
}

/// The class with the largest logit.
struct ClassPredictor: Predictor {
  let names: [String]
  let hasSeveralAnswers = false
  let top: Int

  func prediction(of outputs: ArraySlice<Float>, tokens: [Int]) -> Prediction {
    let probabilities = outputs.softmax
    let ranked = Answer.ranked(probabilities, top) { names[$0] }
    return Prediction(
      answers: Array(ranked.prefix(1)), alternatives: [ranked], probabilities: probabilities)
  }
}

/// The labels whose probability reaches a threshold.
struct LabelPredictor: Predictor {
  let names: [String]
  let hasSeveralAnswers = true
  let top: Int
  let threshold: Double

  func prediction(of outputs: ArraySlice<Float>, tokens: [Int]) -> Prediction {
    let probabilities = outputs.map { 1 / (1 + exp(-Double($0))) }
    let chosen = probabilities.indices.filter { probabilities[$0] >= threshold }
    return Prediction(
      answers: chosen.map { Answer(name: names[$0], probability: probabilities[$0]) },
      alternatives: [Answer.ranked(probabilities, top) { names[$0] }],
      probabilities: probabilities)
  }
}

/// The numbers as they are.
struct NumberPredictor: Predictor {
  let hasNumbers = true
  let count: Int

  var hasSeveralAnswers: Bool { count > 1 }

  func prediction(of outputs: ArraySlice<Float>, tokens: [Int]) -> Prediction {
    Prediction(numbers: Array(outputs))
  }
}

/// The tokens that masks most likely stand for.
struct MaskPredictor: Predictor {
  let hasSeveralAnswers = true
  let usualTop = 5
  private let top: Int
  private let mask: Int?
  private let vocabularySize: Int
  private let tokens: TokenSettings

  init(_ choices: PredictionChoices, vocabularySize: Int) {
    tokens = choices.tokens
    top = choices.top ?? usualTop
    self.vocabularySize = vocabularySize
    let tokenizer = choices.tokens.tokenizer
    // A tokenizer.json alone does not say which token it is.
    mask =
      tokenizer?.id(ofSpecialToken: "mask_token")
      ?? ["[MASK]", "<mask>"].lazy.compactMap { tokenizer?.id(of: $0) }.first
  }

  func check(_ ids: [Int]) throws(DataError.Reason) {
    guard let mask, ids.contains(mask) else {
      throw .noMask(mask.flatMap { tokens.tokenizer?.token($0) })
    }
  }

  func prediction(of outputs: ArraySlice<Float>, tokens ids: [Int]) -> Prediction {
    let places = ids.indices.filter { ids[$0] == mask }
    let ranked = places.map { place in
      let start = outputs.startIndex + place * vocabularySize
      return Answer.ranked(outputs[start..<start + vocabularySize].softmax, top, word)
    }
    return Prediction(answers: ranked.compactMap(\.first), alternatives: ranked)
  }

  /// A token as a word: without the marks of its vocabulary, where it can be decoded alone.
  private func word(_ id: Int) -> String {
    guard let tokenizer = tokens.tokenizer else { return "\(id)" }
    let text = (try? tokenizer.decode([id])).map(\.trimmingSpaces)
    return text.flatMap { $0.isEmpty ? nil : $0 } ?? tokenizer.token(id) ?? "\(id)"
  }
}

extension Answer {
  /// The most likely, the best first; of several as likely, the first.
  static func ranked(
    _ probabilities: [Double], _ count: Int, _ name: (Int) -> String
  ) -> [Answer] {
    let order = probabilities.indices.sorted { a, b in
      (probabilities[b], a) < (probabilities[a], b)
    }
    return order.prefix(count).map { Answer(name: name($0), probability: probabilities[$0]) }
  }
}

extension ArraySlice<Float> {
  /// Probabilities of logits.
  var softmax: [Double] {
    let largest = Double(self.max() ?? 0)
    let exponentials = map { exp(Double($0) - largest) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { $0 / sum }
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

extension [String] {
  /// The names of classes, told apart; their numbers where there are no names.
  static func distinct(_ names: [String]?, count: Int) -> [String] {
    guard let names else { return (0..<count).map(String.init) }
    return DistinctNames.numbered(names)
  }
}
