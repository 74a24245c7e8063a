public import PeftBasics

/// How a sentence's vector is made of those of its tokens.
public struct SentenceSettings: Hashable, Sendable {
  public enum Pooling: String, Hashable, Sendable, CaseIterable {
    /// The mean of all tokens.
    case mean
    /// The first token.
    case cls
  }

  public var pooling = Pooling.mean
  /// Whether vectors get the length 1.
  public var normalizes = false
  /// Tokens of a sentence; what the tokenizer says where nil.
  public var sequenceLength: Int?
  /// What stands before every text.
  public var prompt = ""

  /// The mean, not normalised.
  public init() {}

  /// What the files of sentence-transformers in a checkpoint's folder say; the mean, not normalised, where there
  /// are none.
  /// - Throws: `FileReadError`; `SentenceError` where they say something that is not known here.
  public init(folder: String) throws {
    let path = folder.file("modules.json")
    guard FileWriter.isThere(path) else { return }
    guard let modules = try SentenceError.json(path).elements else {
      throw SentenceError(.notAList, path: path)
    }
    for module in modules {
      let type = module["type"]?.string ?? ""
      switch type.split(separator: ".").last.map(String.init) ?? type {
      case "Transformer": continue
      case "Normalize": normalizes = true
      case "Pooling":
        try readPooling(folder.file(module["path"]?.string ?? "1_Pooling").file("config.json"))
      default: throw SentenceError(.unknownModule(type), path: path)
      }
    }
    try readTransformer(folder.file("sentence_bert_config.json"))
    try readPrompt(folder.file("config_sentence_transformers.json"))
  }

  private static let poolingModes = [
    "pooling_mode_cls_token": "cls", "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean", "pooling_mode_lasttoken": "lasttoken",
  ]

  /// Earlier releases have a field for each mode.
  private mutating func readPooling(_ path: String) throws {
    let file = try SentenceError.json(path)
    var modes = file["pooling_mode"]?.string.map { [$0] }
    if modes == nil { modes = file["pooling_mode"]?.elements?.compactMap(\.string) }
    let named = modes ?? Self.poolingModes.filter { file[$0.key]?.bool == true }.values.sorted()
    let mode = named.isEmpty ? "mean" : named.joined(separator: " and ")
    guard let known = Pooling(rawValue: mode) else {
      throw SentenceError(.unknownPooling(mode), path: path)
    }
    pooling = known
    if file["include_prompt"]?.bool == false {
      throw SentenceError(.unknownSetting("include_prompt"), path: path)
    }
  }

  private mutating func readTransformer(_ path: String) throws {
    guard FileWriter.isThere(path) else { return }
    let file = try SentenceError.json(path)
    sequenceLength = file["max_seq_length"]?.count.flatMap { $0 > 0 ? $0 : nil }
    if file["do_lower_case"]?.bool == true {
      throw SentenceError(.unknownSetting("do_lower_case"), path: path)
    }
  }

  private mutating func readPrompt(_ path: String) throws {
    guard FileWriter.isThere(path) else { return }
    let file = try SentenceError.json(path)
    guard let name = file["default_prompt_name"]?.string else { return }
    prompt = file["prompts"]?[name]?.string ?? ""
  }

  /// A sentence's vector.
  /// - Parameters:
  ///   - states: Those of its tokens, one after another, and perhaps of padding behind them.
  ///   - width: Numbers of each.
  ///   - count: The tokens.
  func vector(of states: ArraySlice<Float>, width: Int, count: Int) -> [Float] {
    var vector = [Double](repeating: 0, count: width)
    let used = pooling == .cls ? 1 : count
    for token in 0..<used {
      for place in 0..<width {
        vector[place] += Double(states[states.startIndex + token * width + place])
      }
    }
    var scale = 1 / Double(max(1, used))
    if normalizes {
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot() * scale
      scale /= max(length, 1e-12)
    }
    return vector.map { Float($0 * scale) }
  }
}

/// What is not known of the files of sentence-transformers.
public struct SentenceError: Diagnosis, Hashable {
  public enum Reason: Hashable, Sendable {
    case notJSON(JSONMistake)
    case notAList
    case unknownModule(String)
    case unknownPooling(String)
    case unknownSetting(String)
  }

  public let reason: Reason
  public let path: String

  init(_ reason: Reason, path: String) {
    self.reason = reason
    self.path = path
  }

  public var place: DiagnosisPlace? { .file(path) }

  public var words: (problem: String, fix: String?) {
    switch reason {
    case .notJSON(let mistake):
      ("the file is not JSON: \(mistake.problem)", "copy the folder again")
    case .notAList: ("the file is no list of modules", "copy the folder again")
    case .unknownModule(let type):
      (
        "the module \(type.quoted) is not known",
        "only Transformer, Pooling and Normalize are; use another model"
      )
    case .unknownPooling(let mode):
      (
        "the pooling \(mode.quoted) is not known",
        "choose \(SentenceSettings.Pooling.allCases.map(\.rawValue).joined(separator: " or ")) "
          + "in the file, if the model is for it"
      )
    case .unknownSetting(let name):
      ("the setting \(name.quoted) is not supported", "use another model")
    }
  }

  fileprivate static func json(_ path: String) throws -> JSONValue {
    do { return try JSONValue(path: path) } catch let mistake as JSONMistake {
      throw SentenceError(.notJSON(mistake), path: path)
    }
  }
}
