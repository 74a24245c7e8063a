extension TokenizerClass {
  static let byteLevel = [gpt2, roberta, deberta, gptNeoX, qwen2, qwen35, clip, cohere, openAI]

  private static let gpt2 = TokenizerClass(
    names: ["GPT2Tokenizer"], files: .merges,
    tokens: [
      "unk_token": "<|endoftext|>", "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>",
    ],
    parts: byteLevels)

  private static let roberta = TokenizerClass(
    names: ["RobertaTokenizer", "BartTokenizer", "LEDTokenizer", "LongformerTokenizer"],
    files: .merges,
    tokens: [
      "bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>",
      "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>",
    ],
    parts: byteLevels, ending: .roberta(around("cls_token", "sep_token")))

  private static let deberta = TokenizerClass(
    names: ["DebertaTokenizer"], files: .merges,
    tokens: [
      "bos_token": "[CLS]", "eos_token": "[SEP]", "sep_token": "[SEP]", "cls_token": "[CLS]",
      "unk_token": "[UNK]", "pad_token": "[PAD]", "mask_token": "[MASK]",
    ],
    parts: byteLevels, ending: .template(around("cls_token", "sep_token")))

  private static let gptNeoX = TokenizerClass(
    names: ["GPTNeoXTokenizer"], files: .merges,
    tokens: [
      "unk_token": "<|endoftext|>", "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>",
      "pad_token": "<|padding|>",
    ],
    parts: { input throws(TokenizerError) in
      var parts = try byteLevels(input)
      parts.normalizer = .form(.nfc)
      return parts
    }, ending: .options(addsFirst: false))

  private static func qwen(_ name: String, _ pattern: String) -> TokenizerClass {
    TokenizerClass(
      names: [name], files: .merges,
      tokens: [
        "unk_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>",
      ],
      resetsSpecialTokens: true,
      parts: { input throws(TokenizerError) in
        TokenizerParts(
          model: try input.bytePair(), normalizer: .form(.nfc),
          preTokenizer: .sequence([
            .split([(TextPattern(known: pattern), .isolated, false)]),
            .byteLevel(
              addsSpace: try input.flag("add_prefix_space", default: false), pattern: nil),
          ]), decoder: .byteLevel)
      })
  }

  private static let qwen2 = qwen(
    "Qwen2Tokenizer",
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
      + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#)

  private static let qwen35 = qwen(
    "Qwen3_5Tokenizer",
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}"#
      + #"| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#)

  private static let clip = TokenizerClass(
    names: ["CLIPTokenizer"], files: .merges,
    tokens: [
      "unk_token": "<|endoftext|>", "bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>",
      "pad_token": "<|endoftext|>",
    ],
    parts: { input throws(TokenizerError) in
      let pattern =
        #"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#
      return TokenizerParts(
        model: try input.bytePair {
          $0.wordSuffix = Array("</w>".utf8)
          $0.unknown = input.tokens["unk_token"]
        },
        normalizer: .sequence([
          .form(.nfc), .replace(TextPattern(known: #"\s+"#), with: [0x20]), .lowercase,
        ]),
        preTokenizer: .sequence([
          .split([(TextPattern(known: pattern), .removed, true)]), .gpt2(addsSpace: false),
        ]),
        decoder: .sequence([
          .byteLevel, .replace(.text(Array("</w>".utf8)), with: [0x20]),
          .strip(" ", start: .max, stop: .max),
        ]))
    }, ending: .template(around("bos_token", "eos_token")))

  private static let cohere = TokenizerClass(
    names: ["CohereTokenizer"], files: .merges,
    tokens: [
      "unk_token": "<UNK>", "bos_token": "<BOS_TOKEN>", "eos_token": "<|END_OF_TURN_TOKEN|>",
      "pad_token": "<PAD>", "cls_token": "<CLS>", "sep_token": "<SEP>",
      "mask_token": "<MASK_TOKEN>",
    ],
    parts: { input throws(TokenizerError) in
      TokenizerParts(
        model: try input.bytePair(), normalizer: .form(.nfc),
        preTokenizer: .sequence([
          .split(at: \.isNumber, .isolated),
          .gpt2(addsSpace: try input.flag("add_prefix_space", default: false)),
        ]), decoder: .byteLevel)
    })

  private static let openAI = TokenizerClass(
    names: ["OpenAIGPTTokenizer"], files: .merges, tokens: ["unk_token": "<unk>"],
    parts: { input throws(TokenizerError) in
      TokenizerParts(
        model: try input.bytePair {
          $0.wordSuffix = Array("</w>".utf8)
          $0.unknown = input.tokens["unk_token"]
        },
        normalizer: .bert(
          BertNormalizer(
            cleansText: true, separatesChinese: true, stripsAccents: true, lowercases: true)),
        preTokenizer: .bert, decoder: .wordSuffix(Array("</w>".utf8)))
    })

  @Sendable private static func byteLevels(
    _ input: ClassInput
  ) throws(TokenizerError) -> TokenizerParts {
    TokenizerParts(
      model: try input.bytePair(),
      preTokenizer: .gpt2(addsSpace: try input.flag("add_prefix_space", default: false)),
      decoder: .byteLevel)
  }
}
