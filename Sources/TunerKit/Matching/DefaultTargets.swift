/// The targets that PEFT takes for a type of model when a configuration names none.
///
/// The table that most of PEFT's tuners share (0.21.2). Types that are missing there are missing
/// here: phi3, vit, clip, whisper and many more need `target_modules`.
public enum DefaultTargets {
  /// - Parameter modelType: `model_type` of a Hugging Face configuration.
  public static func targets(forModelType modelType: String) -> TargetSelection.Targets? {
    modelType == "gemma4"
      ? .pattern(#".*language_model\..*\.(q_proj|v_proj)"#)
      : names[modelType].map { .names($0) }
  }

  private static let names: [String: [String]] = {
    let groups: [(types: String, targets: String)] = [
      (
        "llama llama4 mistral mixtral gemma gemma2 gemma3_text qwen2 qwen3 stablelm opt bart gptj"
          + " gpt_neo", "q_proj v_proj"
      ),
      ("bert roberta xlm-roberta electra layoutlm", "query value"),
      ("gpt2 gpt_bigcode", "c_attn"),
      ("t5 mt5", "q v"),
      ("bloom gpt_neox falcon RefinedWeb RefinedWebModel chatglm", "query_key_value"),
      ("phi", "q_proj v_proj fc1 fc2"),
      ("mpt", "Wqkv"),
      ("codegen", "qkv_proj"),
      ("btlm", "c_proj c_attn"),
      ("deberta-v2", "query_proj value_proj"),
      ("deberta", "in_proj"),
      ("blip-2", "q v q_proj v_proj"),
      ("nemotron_h", "q_proj k_proj v_proj o_proj"),
      ("rwkv", "key value receptance output"),
      ("rwkv7", "r_proj k_proj v_proj o_proj key value"),
    ]
    var names: [String: [String]] = [:]
    for (types, targets) in groups {
      for type in words(types) { names[type] = words(targets) }
    }
    return names
  }()

  private static func words(_ text: String) -> [String] {
    text.split(separator: " ").map(String.init)
  }
}
