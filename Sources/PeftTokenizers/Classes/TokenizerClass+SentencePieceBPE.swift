extension TokenizerClass {
  static let sentencePieceBPE = [llama, codeLlama, gemma]

  private static let llama = TokenizerClass(
    names: ["LlamaTokenizer"], files: .sentencePiece("tokenizer.model"),
    tokens: ["unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"],
    parts: { input throws(TokenizerError) in
      let addsSpace = try input.flag("add_prefix_space", default: true)
      let isLegacy = try input.flag("legacy", default: false)
      return TokenizerParts(
        model: try input.bytePair {
          $0.fusesUnknown = true
          $0.fallsBackToBytes = true
        },
        preTokenizer: .metaspace(
          Metaspace(addsSpace ? isLegacy ? .always : .first : .never, splits: false)),
        decoder: decoder(dropsSpace: addsSpace))
    })

  private static let codeLlama = TokenizerClass(
    names: ["CodeLlamaTokenizer"], files: .sentencePiece("tokenizer.model"),
    tokens: [
      "unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>", "prefix_token": "▁<PRE>",
      "middle_token": "▁<MID>", "suffix_token": "▁<SUF>", "eot_token": "▁<EOT>",
      "fill_token": "<FILL_ME>",
    ],
    parts: { input throws(TokenizerError) in
      let addsSpace = try input.flag("add_prefix_space", default: true)
      return TokenizerParts(
        model: try input.bytePair {
          $0.fusesUnknown = true
          $0.fallsBackToBytes = true
          $0.unknown = input.tokens["unk_token"]
        },
        preTokenizer: .metaspace(Metaspace(addsSpace ? .first : .never, splits: false)),
        decoder: decoder(dropsSpace: true))
    }, ending: .options(addsFirst: true))

  private static let gemma = TokenizerClass(
    names: ["GemmaTokenizer"], files: .sentencePiece("tokenizer.model"),
    tokens: [
      "unk_token": "<unk>", "bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>",
      "mask_token": "<mask>",
    ],
    parts: { input throws(TokenizerError) in
      TokenizerParts(
        model: try input.bytePair {
          $0.fusesUnknown = true
          $0.fallsBackToBytes = true
          $0.unknown = input.tokens["unk_token"]
        },
        normalizer: .replace(.text([0x20]), with: Array("▁".utf8)),
        preTokenizer: .split([(.text([0x20]), .mergedWithPrevious, false)]),
        decoder: decoder(dropsSpace: false))
    })

  private static func decoder(dropsSpace: Bool) -> Decoder {
    .sequence(
      [.replace(.text(Array("▁".utf8)), with: [0x20]), .byteFallback, .fuse]
        + (dropsSpace ? [.strip(" ", start: 1, stop: 0)] : []))
  }
}
