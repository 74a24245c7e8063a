public import PeftBasics

/// What a checkpoint's folder says of generating: `generation_config.json`, and `config.json` where that says nothing.
public struct GenerationDefaults: Sendable {
  /// What is used where nothing else is asked for.
  public private(set) var settings = GenerationSettings()
  /// The token that the decoder of a model with an encoder starts with.
  public private(set) var decoderStart: Int?

  /// Nothing is said.
  public init() {}

  /// - Parameter folder: A checkpoint's.
  /// - Throws: `FileReadError`; `GenerationFileError` where a file is no JSON, or says what cannot be.
  public init(folder: String) throws {
    let own = try GenerationFile(path: "\(folder)/generation_config.json")
    let model = try GenerationFile(path: "\(folder)/config.json")
    settings.endTokens = try own.tokens("eos_token_id") ?? model.tokens("eos_token_id") ?? []
    decoderStart =
      try
      (own.tokens("decoder_start_token_id") ?? model.tokens("decoder_start_token_id")
      ?? own.tokens("bos_token_id") ?? model.tokens("bos_token_id")
      // As T5 has it.
      ?? model.tokens("pad_token_id"))?.min()
    try read(own)
  }

  private mutating func read(_ file: GenerationFile) throws {
    if let count = try file.number("max_new_tokens") { settings.maxNewTokens = Int(count) }
    if let count = try file.number("num_beams") { settings.beams = Int(count) }
    if let penalty = try file.number("length_penalty", from: -.infinity) {
      settings.lengthPenalty = penalty
    }
    settings.stopsEarly = try file.flag("early_stopping") ?? false
    var sampling = SamplingSettings()
    if let factor = try file.number("repetition_penalty") { sampling.repetitionPenalty = factor }
    sampling.isSampling = try file.flag("do_sample") ?? false
    if sampling.isSampling {
      sampling.temperature = try file.number("temperature") ?? 1
      // What transformers draws from where nothing is said.
      sampling.topK = try file.number("top_k").map { Int($0) } ?? 50
      sampling.topP = try file.number("top_p")
      sampling.minP = try file.number("min_p")
    }
    settings.sampling = sampling
  }
}

/// The fields of one file.
private struct GenerationFile {
  private let path: String
  private let value: JSONValue?

  init(path: String) throws {
    self.path = path
    do { value = try JSONValue(path: path) } catch let error as FileReadError
      where error.reason == .notFound
    {
      value = nil
    } catch let mistake as JSONMistake {
      throw GenerationFileError(path: path, field: nil, expected: "JSON: \(mistake.problem)")
    }
  }

  private func field(_ name: String) -> JSONValue? {
    let field = value?[name]
    return field == .null ? nil : field
  }

  /// A number, or a list of them.
  func tokens(_ name: String) throws -> Set<Int>? {
    guard let field = field(name) else { return nil }
    let values = if case .list(let values) = field { values } else { [field] }
    return try Set(
      values.map { value in
        guard case .integer(let token) = value else { throw error(name, "a token") }
        return token
      }.filter { $0 >= 0 })
  }

  func number(_ name: String, from least: Double = 0) throws -> Double? {
    guard let field = field(name) else { return nil }
    guard let number = field.word.flatMap({ Double($0) }), number.isFinite, number >= least,
      number < Double(Int32.max)
    else { throw error(name, "a number") }
    return number
  }

  func flag(_ name: String) throws -> Bool? {
    guard let field = field(name) else { return nil }
    // transformers knows "never", too.
    guard case .bool(let isSet) = field else { return nil }
    return isSet
  }

  private func error(_ name: String, _ expected: String) -> GenerationFileError {
    GenerationFileError(path: path, field: name, expected: expected)
  }
}

/// A mistake in a file that says how to generate.
public struct GenerationFileError: Diagnosis, Hashable {
  public let path: String
  /// Nil where the file as a whole is wrong.
  public let field: String?
  let expected: String

  public var place: DiagnosisPlace? { .file(path, part: field) }
  public var words: (problem: String, fix: String?) {
    ("this is not \(expected)", "correct it, or take the field out")
  }
}
