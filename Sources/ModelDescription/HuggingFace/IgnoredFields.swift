/// Fields of a `config.json` that no model's result depends on: how it is stored, first trained,
/// cached, sampled from, and what its tokens and labels mean.
enum IgnoredFields {
  static func contains(_ name: String) -> Bool { names.contains(name) }

  private static let names: Set<String> = [
    // What it is, and who wrote it.
    "_name_or_path", "name_or_path", "model_type", "architectures", "transformers_version",
    "auto_map", "tokenizer_class", "finetuning_task", "task_specific_params", "_commit_hash",
    "transformers.js_config",
    // How it is stored and run.
    "torch_dtype", "dtype", "use_cache", "torchscript", "use_bfloat16", "return_dict",
    "output_attentions", "output_hidden_states", "chunk_size_feed_forward",
    "gradient_checkpointing", "output_past", "_attn_implementation", "_attn_implementation_autoset",
    "attn_implementation",
    // How it was first filled.
    "initializer_range", "initializer_factor", "init_std",
    // What tokens and labels mean, and the loss.
    "bos_token_id", "eos_token_id", "pad_token_id", "sep_token_id", "decoder_start_token_id",
    "label2id", "id2label", "num_labels", "problem_type", "label_smoothing",
    "keys_to_ignore_at_inference",
    // How text is sampled.
    "max_length", "min_length", "do_sample", "early_stopping", "num_beams", "num_beam_groups",
    "diversity_penalty", "temperature", "top_k", "top_p", "typical_p", "repetition_penalty",
    "length_penalty", "no_repeat_ngram_size", "encoder_no_repeat_ngram_size", "bad_words_ids",
    "num_return_sequences", "output_scores", "return_dict_in_generate", "forced_bos_token_id",
    "forced_eos_token_id", "remove_invalid_values", "exponential_decay_length_penalty",
    "suppress_tokens", "begin_suppress_tokens", "prefix",
  ]
}
