public import TunerKit

/// Why a module cannot have a LoRA.
public enum LoRAError: Diagnosis, Hashable {
  case embeddingBias(String)
  case oddRank(Int, site: String)
  case initializationOfConvolution(LoraInitialization, site: String)

  public var words: (problem: String, fix: String?) {
    switch self {
    case .embeddingBias(let path):
      ("\(path) is an embedding, which takes no lora_bias", "leave it out, or lora_bias at false")
    case .oddRank(let rank, let site):
      ("the orthogonal start needs an even rank, but \(site) has \(rank)", "choose an even r")
    case .initializationOfConvolution(let start, let site):
      (
        "\(site) is a convolution, which cannot start as \(start.configurationValue)",
        "leave init_lora_weights at true, or choose gaussian"
      )
    }
  }
}
