/// Buffers in checkpoints of earlier releases, which are no weights.
///
/// They are constants that used to be saved along, and are computed now. For the families that are
/// described here, the list follows `_keys_to_ignore_on_load_unexpected` in transformers, and the
/// buffers of its earlier releases.
enum HarmlessTensors {
  /// The last parts of a name: `attn.bias` stands for `attn.bias` and `h.0.attn.bias`.
  private static let endings: [String] = [
    // Causal masks: GPT-2, GPT-J, GPT-NeoX.
    "attn.bias", "attn.masked_bias", "crossattention.bias", "crossattention.masked_bias",
    "attention.bias", "attention.masked_bias",
    // Rotation frequencies: Llama and its kin, GPT-NeoX.
    "rotary_emb.inv_freq", "rotary_emb.cos_cached", "rotary_emb.sin_cached",
    // Position ids, from 0: BERT, RoBERTa, DistilBERT, CLIP.
    "position_ids",
    // Token type ids, all zero: BERT, RoBERTa.
    "token_type_ids",
    // How many batches running statistics are of, which matters where they are averages: batch norms.
    "num_batches_tracked",
    // Sinusoidal position embeddings.
    "embed_positions.weights",
    // A relative position bias of T5's cross-attention, which is unused.
    "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight",
  ]

  static func contains(_ name: String) -> Bool {
    endings.contains { ending in
      name.hasSuffix(ending)
        && (name.utf8.count == ending.utf8.count
          || name.utf8.dropLast(ending.utf8.count).last == UInt8(ascii: "."))
    }
  }
}
