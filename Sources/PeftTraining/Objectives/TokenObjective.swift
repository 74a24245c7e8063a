/// An objective whose labels are tokens, one for each position of a sequence.
protocol TokenObjective: Objective {
  init(smoothing: Double, vocabularySize: Int?)
  /// Whether a model that predicts tokens is for this.
  static func isFor(_ model: ModelAnswers) -> Bool
}

extension TokenObjective {
  static var smoothsLabels: Bool { true }
  var predictsTokens: Bool { true }

  init?(_ model: ModelAnswers) {
    guard let width = model.tokenWidth, Self.isFor(model) else { return nil }
    self.init(smoothing: model.smoothing, vocabularySize: width)
  }
}
