public import PeftBasics

/// Why prompts cannot be answered.
public enum GenerationError: Diagnosis, Hashable {
  /// A prompt without tokens, by its number, counted from 0.
  case emptyPrompt(Int)
  case promptTooLong(Int, tokens: Int, positions: Int)
  case tokenOutOfRange(Int, token: Int, vocabulary: Int)
  /// The first token of answers, which the checkpoint does not name.
  case noStart
  case tooLittleMemory(needed: Int, present: Int)
  /// Logits that are NaN, after so many tokens.
  case notFinite(tokens: Int)
  case samplingBeams

  public var words: (problem: String, fix: String?) {
    switch self {
    case .emptyPrompt(let number):
      ("prompt \(number) has no tokens", "give a text, or at least one token")
    case .promptTooLong(let number, let tokens, let positions):
      (
        "prompt \(number) has \(tokens.counted("token")), and the model positions for "
          + "\(positions.grouped), one of which the answer needs",
        "shorten the prompt"
      )
    case .tokenOutOfRange(let number, let token, let vocabulary):
      (
        "prompt \(number) has the token \(token), and the model's vocabulary tokens from 0 to "
          + "\(vocabulary - 1)",
        "give tokens of the model's own tokenizer"
      )
    case .noStart:
      (
        "the checkpoint does not say which token answers start with",
        "write decoder_start_token_id into its config.json or generation_config.json"
      )
    case .tooLittleMemory(let needed, let present):
      (
        "answering takes \(needed.bytesText), keys and values of all tokens among them, and the machine has "
          + present.bytesText,
        "ask for fewer tokens (max_new_tokens), fewer beams, or fewer prompts at a time"
      )
    case .notFinite(let tokens):
      (
        "the logits are NaN after \(tokens.counted("token"))",
        "check the weights with 'peft run', or use precision f32"
      )
    case .samplingBeams:
      (
        "a beam search draws no tokens",
        "leave out the temperature, top-k, top-p and min-p, or the beams"
      )
    }
  }
}
