import ArgumentParser
import Peft

/// How texts are continued.
struct GenerationOptions: ParsableArguments {
  @Option(help: ArgumentHelp("New tokens of an answer, at most.", valueName: "tokens"))
  var maxNewTokens: Int?

  @Option(
    help: ArgumentHelp(
      "Draw tokens, with logits divided by this; 0 takes the most likely token.",
      valueName: "number"))
  var temperature: Double?

  @Option(
    name: .customLong("top-k"),
    help: ArgumentHelp("Draw from so many of the most likely tokens.", valueName: "tokens"))
  var topK: Int?

  @Option(
    name: .customLong("top-p"),
    help: ArgumentHelp(
      "Draw from the most likely tokens whose probabilities sum up to this.", valueName: "share"))
  var topP: Double?

  @Option(
    name: .customLong("min-p"),
    help: ArgumentHelp(
      "Draw from tokens with this share of the most likely one's probability.", valueName: "share"))
  var minP: Double?

  @Option(
    help: ArgumentHelp(
      "Make tokens of the text so far less likely: above 1, such as 1.2.", valueName: "number"))
  var repetitionPenalty: Double?

  @Option(help: ArgumentHelp("Random seed of drawn tokens.", valueName: "seed"))
  var seed = 0

  @Option(help: ArgumentHelp("Beams of a beam search.", valueName: "beams"))
  var beams: Int?

  @Option(
    name: .customLong("stop"),
    help: ArgumentHelp("End an answer before this text; repeat it for several.", valueName: "text"))
  var stopTexts: [String] = []

  @Flag(
    name: .customLong("ignore-eos"),
    help: "Continue after the end-of-text token, up to --max-new-tokens.")
  var ignoresEnd = false

  func validate() throws {
    try check(maxNewTokens.map { $0 >= 1 }, "--max-new-tokens takes a number from 1 on.")
    try check(temperature.map { $0 >= 0 && $0.isFinite }, "--temperature takes a number from 0 on.")
    try check(topK.map { $0 >= 1 }, "--top-k takes a number from 1 on.")
    try check(topP.map { $0 > 0 && $0 <= 1 }, "--top-p takes a number above 0, up to 1.")
    try check(minP.map { $0 >= 0 && $0 <= 1 }, "--min-p takes a number from 0 to 1.")
    try check(
      repetitionPenalty.map { $0 > 0 && $0.isFinite },
      "--repetition-penalty takes a number above 0.")
    try check(beams.map { $0 >= 1 }, "--beams takes a number from 1 on.")
    try check(stopTexts.allSatisfy { !$0.isEmpty }, "--stop takes a text.")
  }

  private func check(_ isRight: Bool?, _ message: String) throws {
    guard isRight ?? true else { throw ValidationError(message) }
  }

  /// What is asked for, in place of what the checkpoint says.
  func settings(_ defaults: GenerationSettings) -> GenerationSettings {
    var settings = defaults
    if let maxNewTokens { settings.maxNewTokens = maxNewTokens }
    if let beams { settings.beams = beams }
    settings.stopTexts = stopTexts
    if ignoresEnd { settings.endTokens = [] }
    var sampling = defaults.sampling
    let isAskedFor = temperature != nil || topK != nil || topP != nil || minP != nil
    if isAskedFor { sampling.isSampling = temperature != 0 }
    if let temperature, temperature > 0 { sampling.temperature = temperature }
    if let topK { sampling.topK = topK }
    if let topP { sampling.topP = topP }
    if let minP { sampling.minP = minP }
    if let repetitionPenalty { sampling.repetitionPenalty = repetitionPenalty }
    sampling.seed = seed
    settings.sampling = sampling
    return settings
  }
}
