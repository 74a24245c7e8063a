/// Fields of a `config.json` on which no model's result depends, and why. A family that reads one of them
/// has a rule for it, which comes first.
enum HarmlessFields {
  static func contains(_ name: String) -> Bool {
    names.contains(name) || prefixes.contains { name.hasPrefix($0.prefix) }
  }

  /// What names begin with that a program keeps for itself.
  static let prefixes: [(prefix: String, reason: String)] = [
    ("_", "private to the program that wrote the file"),
    ("unsloth_", "written by unsloth about its own release"),
    ("transformers.js", "settings of transformers.js"),
    ("axolotl_", "settings of axolotl"),
    ("neuron", "settings of optimum-neuron"),
  ]

  static let groups: [(reason: String, names: [String])] = [
    (
      "what the model is called, and by whom",
      [
        "model_type", "architectures", "name_or_path", "transformers_version", "finetuning_task",
        "finetuned_from", "base_model", "model_name", "license", "language", "tags", "datasets",
        "library_name", "pipeline_tag", "sentence_transformers", "num_steps",
      ]
    ),
    (
      "code of the repository's own, which is not run",
      ["auto_map", "custom_pipelines", "trust_remote_code", "custom_generate"]
    ),
    (
      "settings of other programs for running or training it",
      [
        "adapters", "ds_config", "ipu_config", "dual_chunk_attention_config", "force_logits_fp32",
        "compile_model", "onnx",
      ]
    ),
    ("which tokenizer goes with it", ["tokenizer_class", "vocab_file", "tokenizer_type"]),
    ("settings for named tasks, which generation reads", ["task_specific_params"]),
    (
      "the type that weights are stored in, which their files say themselves",
      ["torch_dtype", "dtype", "use_bfloat16", "bf16", "fp16", "fp32"]
    ),
    (
      "how it is computed, with the same results",
      [
        "use_cache", "torchscript", "return_dict", "output_attentions", "output_hidden_states",
        "output_past", "chunk_size_feed_forward", "gradient_checkpointing", "attn_implementation",
        "experts_implementation", "use_flash_attn", "use_flash_attention", "use_flash_attention_2",
        "flash_attention", "use_sdpa", "model_parallel", "xla_device", "tf_legacy_loss",
        "pretraining_tp", "use_memory_efficient_attention", "use_xformers", "logits_to_keep",
        "num_logits_to_keep", "tie_last_hidden_states", "use_return_dict",
      ]
    ),
    (
      "how weights are initialised",
      ["initializer_range", "initializer_factor", "init_std", "mup_init", "init_method_std"]
    ),
    (
      "what tokens mean",
      [
        "bos_token_id", "eos_token_id", "pad_token_id", "sep_token_id", "cls_token_id",
        "mask_token_id", "unk_token_id", "decoder_start_token_id", "bos_token_ids",
        "eos_token_ids", "pad_token_ids", "predict_special_tokens", "forced_decoder_ids",
        "image_token_index", "prefix",
      ]
    ),
    (
      "labels and losses, which only a head's own rule reads",
      [
        "label2id", "id2label", "num_labels", "problem_type", "label_smoothing",
        "keys_to_ignore_at_inference", "num_classes", "classifier_bias", "loss_type",
        "label_smoothing_factor", "multi_label", "z_loss", "ignore_index",
      ]
    ),
    (
      "how text is generated, which belongs to generation_config.json",
      [
        "max_length", "min_length", "max_new_tokens", "do_sample", "early_stopping", "num_beams",
        "num_beam_groups", "diversity_penalty", "temperature", "top_k", "top_p", "min_p",
        "typical_p", "repetition_penalty", "length_penalty", "no_repeat_ngram_size",
        "encoder_no_repeat_ngram_size", "encoder_repetition_penalty", "bad_words_ids",
        "num_return_sequences", "output_scores", "return_dict_in_generate",
        "forced_bos_token_id", "forced_eos_token_id", "remove_invalid_values",
        "exponential_decay_length_penalty", "suppress_tokens", "begin_suppress_tokens",
        "epsilon_cutoff", "eta_cutoff", "assistant_confidence_threshold", "assistant_lookbehind",
        "num_assistant_tokens", "num_assistant_tokens_schedule", "target_lookbehind",
        "renormalize_logits", "penalty_alpha", "generation_config", "cache_implementation",
      ]
    ),
    (
      "parts of every old file, which only families with such a part read",
      [
        "is_decoder", "is_encoder_decoder", "add_cross_attention", "cross_attention_hidden_size",
        "tie_encoder_decoder",
      ]
    ),
    (
      "the pooler of the first BERT files, which nothing reads",
      [
        "directionality", "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers",
        "pooler_size_per_head", "pooler_type",
      ]
    ),
    (
      "the summary of GPT-2's other heads",
      [
        "summary_activation", "summary_first_dropout", "summary_last_dropout",
        "summary_proj_to_labels", "summary_type", "summary_use_proj", "n_ctx", "n_special", "afn",
      ]
    ),
    (
      "notes of conversions to Llama, which no Llama reads",
      ["is_llama_config", "rope_interleaved", "max_sequence_length", "max_seq_len", "seq_length"]
    ),
    (
      "how long the training was",
      [
        "num_train_epochs", "train_batch_size", "training_steps", "total_flos", "total_tokens",
      ]
    ),
    (
      "how pictures are prepared, which preprocessor_config.json says",
      ["image_mean", "image_std", "do_resize", "do_normalize", "interpolation", "crop_pct"]
    ),
  ]

  private static let names = Set(groups.flatMap(\.names))
}
