import CPUCore
import ModelGraph
import PeftAdapters
import PeftTensors

/// The answers to some prompts in the making: a token of each at a time.
final class GenerationRun {
  private(set) var answers: [Answer]
  private let settings: GenerationSettings
  private let generator: Generator
  private var decoder: Decoder
  private let limit: Int
  private var hasEncoder: Bool { generator.hasEncoder }
  private let decoderStart: Int
  private var samplers: [Sampler]
  private var search: BeamSearch?
  private var hasBegun = false

  /// - Throws: `GenerationError`; `ProgramError`; `RunError` where there is too little memory.
  init(_ generator: Generator, _ prompts: [[Int]], _ settings: GenerationSettings) throws {
    for (number, prompt) in prompts.enumerated() {
      try generator.check(prompt, number: number)
    }
    guard settings.beams == 1 || !settings.sampling.isSampling else {
      throw GenerationError.samplingBeams
    }
    guard !generator.hasEncoder || generator.defaults.decoderStart != nil else {
      throw GenerationError.noStart
    }
    let plan = try generator.plan(prompts.map(\.count), settings)
    let needed = plan.byteCount(threads: generator.model.threads)
    guard needed <= MachineMemory.byteCount else {
      throw GenerationError.tooLittleMemory(needed: needed, present: MachineMemory.byteCount)
    }
    self.settings = settings
    self.generator = generator
    decoder = try generator.decoder(plan)
    limit = plan.length
    decoderStart = generator.defaults.decoderStart ?? 0
    answers = prompts.map { Answer(prompt: $0) }
    samplers = prompts.indices.map { Sampler(settings.sampling, row: $0) }
    if settings.beams > 1 {
      search = BeamSearch(settings, prompts: prompts.count)
    }
  }

  /// The next token of every answer that goes on; nil where none does.
  ///
  /// A beam search gives all tokens of an answer at its end.
  /// - Throws: `GenerationError.notFinite`; `RunError`.
  func next() throws -> [GeneratedToken]? {
    if search != nil { return try nextOfSearch() }
    guard answers.contains(where: { $0.finishReason == nil }) else { return nil }
    if settings.maxNewTokens == 0 {
      for index in answers.indices { answers[index].finishReason = .length }
      return nil
    }
    let logits =
      try hasBegun
      ? read(
        answers.map { $0.finishReason == nil ? $0.tokens.last : nil }, of: answers.map(text))
      : begin(beams: 1)
    hasBegun = true
    let vocabulary = logits.shape[1]
    var tokens: [GeneratedToken] = []
    try logits.withFloats { numbers in
      for index in answers.indices where answers[index].finishReason == nil {
        let row = UnsafeBufferPointer(
          rebasing: numbers[index * vocabulary..<(index + 1) * vocabulary])
        guard let token = samplers[index].next(row, after: text(of: answers[index])) else {
          throw GenerationError.notFinite(tokens: decoder.lengths[index])
        }
        answers[index].tokens.append(token)
        answers[index].finishReason = reason(answers[index], token)
        tokens.append(
          GeneratedToken(
            prompt: index, token: token, finishReason: answers[index].finishReason))
      }
    }
    return tokens
  }

  /// Reads a token of every row.
  /// - Parameter texts: Those of the rows, with that token.
  private func read(_ tokens: [Int?], of texts: @autoclosure () -> [[Int]]) throws -> Tensor {
    guard let length = generator.rereadingLength, decoder.lengths.max() == length else {
      return try decoder.next(tokens)
    }
    let texts = texts()
    let longest = texts.map(\.count).max() ?? 1
    decoder = try generator.decoder(
      generator.plan(answers.map(\.prompt.count), settings, reading: longest))
    return try decoder.begin(texts)
  }

  /// Ends an answer, by a stop text for example.
  func finish(_ prompt: Int, _ reason: FinishReason) { answers[prompt].finishReason = reason }

  /// The tokens that an answer stands behind.
  private func start(of answer: Answer) -> [Int] { hasEncoder ? [decoderStart] : answer.prompt }

  /// The tokens that a decoder has read: an encoder reads the prompt.
  private func text(of answer: Answer) -> [Int] {
    start(of: answer) + answer.tokens
  }

  private func reason(_ answer: Answer, _ token: Int) -> FinishReason? {
    if settings.endTokens.contains(token) { return .stop }
    let count = start(of: answer).count + answer.tokens.count
    return answer.tokens.count >= settings.maxNewTokens || count >= limit ? .length : nil
  }

  /// Reads the prompts, each as often as it has beams.
  private func begin(beams: Int) throws -> Tensor {
    let prompts = answers.flatMap { Array(repeating: $0.prompt, count: beams) }
    guard hasEncoder else { return try decoder.begin(prompts) }
    try decoder.encode(prompts)
    return try decoder.begin(prompts.map { _ in [decoderStart] })
  }

  // MARK: Beams

  private func nextOfSearch() throws -> [GeneratedToken]? {
    guard var search else { return nil }
    defer { self.search = nil }
    var logits = try begin(beams: settings.beams)
    let prompts = answers.map(start)
    while true {
      let vocabulary = logits.shape[1]
      let scores = try logits.withFloats { numbers in
        try prompts.indices.flatMap { prompt in
          try (0..<settings.beams).map { beam in
            let row = prompt * settings.beams + beam
            let own = Array(numbers[row * vocabulary..<(row + 1) * vocabulary])
            guard own.mostLikely != nil else {
              throw GenerationError.notFinite(tokens: decoder.lengths[row])
            }
            return own
          }
        }
      }
      guard let step = search.advance(scores, prompts: prompts, limit: limit) else { break }
      decoder.reorder(step.sources)
      logits = try read(step.tokens, of: search.texts(after: prompts))
    }
    for (index, best) in search.best().enumerated() {
      answers[index].tokens = best.tokens
      answers[index].finishReason =
        best.tokens.last.map(settings.endTokens.contains) == true ? .stop : .length
    }
    return answers.enumerated().flatMap { index, answer in
      answer.tokens.enumerated().map { place, token in
        GeneratedToken(
          prompt: index, token: token,
          finishReason: place == answer.tokens.count - 1 ? answer.finishReason : nil)
      }
    }
  }
}

extension Generator {
  /// - Throws: `GenerationError` where a prompt cannot be read.
  fileprivate func check(_ prompt: [Int], number: Int) throws(GenerationError) {
    guard !prompt.isEmpty else { throw .emptyPrompt(number) }
    if let positionLimit, prompt.count >= positionLimit {
      throw .promptTooLong(number, tokens: prompt.count, positions: positionLimit)
    }
    let most = vocabularySize ?? .max
    if let token = prompt.first(where: { !(0..<most ~= $0) }) {
      throw .tokenOutOfRange(number, token: token, vocabulary: most)
    }
  }
}

extension Tensor {
  /// Its entries, which are 32-bit floats.
  fileprivate func withFloats<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withUnsafeBytes { try body($0.bindMemory(to: Float.self)) }
  }
}
