extension TokenizerClass {
  static let unigram = [
    t5, albert, xlmRoberta, camembert, barthez, debertaV2, bigBird, remBert, xlNet, xglm,
  ]

  private static let t5 = TokenizerClass(
    names: ["T5Tokenizer"], files: .sentencePiece("spiece.model"),
    tokens: ["eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"],
    additional: { input throws(TokenizerError) in
      let count = try input.settings.count("extra_ids", default: 100)
      guard count <= 1 << 16 else {
        throw input.settings.error(.unsupportedOption("extra_ids"))
      }
      let standard = (0..<count).map { TokenSetting("<extra_id_\($0)>") }
      guard let tokens = input.settings.additional else { return standard }
      let found = tokens.count { $0.content.contains("<extra_id_") }
      return found > 0 ? tokens : tokens + standard
    },
    parts: { input throws(TokenizerError) in
      try unigrams(
        input, unknown: 2, input.characterMap.map { .precompiled($0) },
        words: true, Metaspace(.always))
    }, ending: .template([.text, .token("eos_token")]))

  private static let albert = TokenizerClass(
    names: ["AlbertTokenizer"], files: .sentencePiece("spiece.model"), tokens: bertLike,
    parts: { input throws(TokenizerError) in
      try unigrams(
        input, unknown: 1,
        .sequence(
          cleaned(
            input, quotes, keepsAccents: try input.flag("keep_accents", default: false),
            lowercases: try input.flag("do_lower_case", default: true))),
        words: true, Metaspace(try scheme(input, orElse: .never)))
    }, ending: .file(orElse: around("cls_token", "sep_token")))

  private static let xlmRoberta = TokenizerClass(
    names: ["XLMRobertaTokenizer"], files: .sentencePiece("sentencepiece.bpe.model"),
    tokens: robertaLike,
    parts: { input throws(TokenizerError) in
      try unigrams(
        input, unknown: 3, input.characterMap.map { .precompiled($0) },
        words: true, Metaspace(try scheme(input, orElse: .never)))
    }, ending: .template(around("bos_token", "eos_token")))

  private static let camembert = TokenizerClass(
    names: ["CamembertTokenizer"], files: .sentencePiece("sentencepiece.bpe.model"),
    tokens: robertaLike, strippingLeft: ["mask_token"],
    additional: { input throws(TokenizerError) in
      input.settings.additional
        ?? ["<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"].map { TokenSetting($0) }
    },
    parts: { input throws(TokenizerError) in
      try unigrams(
        input, unknown: input.idOfUnknown() ?? 0, input.characterMap.map { .precompiled($0) },
        words: true, Metaspace(try scheme(input, orElse: .never)))
    }, ending: .template(around("bos_token", "eos_token")))

  private static let barthez = TokenizerClass(
    names: ["BarthezTokenizer"], files: .sentencePiece("sentencepiece.bpe.model"),
    tokens: robertaLike, strippingLeft: ["mask_token"],
    parts: { input throws(TokenizerError) in
      try unigrams(
        input, unknown: 3, .sequence(spaces), words: false,
        Metaspace(try scheme(input, orElse: .never)))
    })

  private static let debertaV2 = TokenizerClass(
    names: ["DebertaV2Tokenizer"], files: .sentencePiece("spm.model"),
    tokens: [
      "bos_token": "[CLS]", "eos_token": "[SEP]", "unk_token": "[UNK]", "sep_token": "[SEP]",
      "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]",
    ],
    parts: { input throws(TokenizerError) in
      let lowercases = try input.flag("do_lower_case", default: false)
      let unknown = try input.settings.count("unk_id", default: 1)
      let metaspace = Metaspace(try scheme(input, orElse: .first))
      let splits = try input.flag("split_by_punct", default: false)
      return TokenizerParts(
        model: try input.vocabulary.unigram(unknown: input.idOfUnknown(scoring: 0) ?? unknown),
        normalizer: .sequence((lowercases ? [.lowercase] : []) + spaces),
        preTokenizer: .sequence(
          (splits ? [.split(at: \.isPunctuation, .isolated)] : []) + [.metaspace(metaspace)]),
        decoder: .metaspace(replacement: "▁", dropsFirst: true))
    }, ending: .template(around("cls_token", "sep_token")))

  private static let bigBird = TokenizerClass(
    names: ["BigBirdTokenizer"], files: .sentencePiece("spiece.model"),
    tokens: [
      "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "sep_token": "[SEP]",
      "pad_token": "<pad>", "cls_token": "[CLS]", "mask_token": "[MASK]",
    ],
    strippingLeft: ["mask_token"],
    parts: { input throws(TokenizerError) in
      try unigrams(
        input, unknown: input.idOfUnknown(scoring: 0) ?? 100,
        .replace(TextPattern(known: " {2,}"), with: Array("▁".utf8)), words: false,
        Metaspace(try scheme(input, orElse: .never)))
    }, ending: .template(around("cls_token", "sep_token")))

  private static let remBert = TokenizerClass(
    names: ["RemBertTokenizer"], files: .sentencePiece("sentencepiece.model"), tokens: bertLike,
    parts: { input throws(TokenizerError) in
      try unigrams(
        input, unknown: 2,
        .sequence(
          cleaned(
            input, quotes + [twoSpaces],
            keepsAccents: try input.flag("keep_accents", default: true),
            lowercases: try input.flag("do_lower_case", default: false))),
        words: false, Metaspace(try scheme(input, orElse: .never)))
    }, ending: .template(around("cls_token", "sep_token")))

  private static let xlNet = TokenizerClass(
    names: ["XLNetTokenizer"], files: .sentencePiece("spiece.model"),
    tokens: [
      "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "sep_token": "<sep>",
      "pad_token": "<pad>", "cls_token": "<cls>", "mask_token": "<mask>",
    ],
    strippingLeft: ["mask_token"],
    additional: { input throws(TokenizerError) in
      input.settings.additional ?? ["<eop>", "<eod>"].map { TokenSetting($0) }
    },
    parts: { input throws(TokenizerError) in
      try unigrams(
        input, unknown: try input.settings.count("unk_id", default: 0),
        .sequence(
          cleaned(
            input, quotes, keepsAccents: false,
            lowercases: try input.flag("do_lower_case", default: false))),
        words: true, Metaspace(.always))
    }, ending: .template([.text, .token("sep_token"), .token("cls_token", typeID: 2)]))

  private static let xglm = TokenizerClass(
    names: ["XGLMTokenizer"], files: .sentencePiece("sentencepiece.bpe.model"),
    tokens: [
      "bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>",
      "unk_token": "<unk>", "pad_token": "<pad>",
    ],
    additional: { input throws(TokenizerError) in
      let tokens = input.settings.additional ?? []
      return tokens
        + (0..<7).map { TokenSetting("<madeupword\($0)>") }.filter { word in
          !tokens.contains { $0.content == word.content }
        }
    },
    parts: { input throws(TokenizerError) in
      try unigrams(
        input, unknown: 3,
        .sequence((input.characterMap.map { [.precompiled($0)] } ?? []) + [twoSpaces]),
        words: false, Metaspace(try scheme(input, orElse: .never)))
    }, ending: .template([.token("eos_token"), .text]))

  // MARK: What they share

  private static let bertLike: KeyValuePairs = [
    "bos_token": "[CLS]", "eos_token": "[SEP]", "unk_token": "<unk>", "sep_token": "[SEP]",
    "pad_token": "<pad>", "cls_token": "[CLS]", "mask_token": "[MASK]",
  ]
  private static let robertaLike: KeyValuePairs = [
    "bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>",
    "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>",
  ]

  private static let quotes: [Normalizer] = [
    .replace(.text(Array("``".utf8)), with: [0x22]),
    .replace(.text(Array("''".utf8)), with: [0x22]),
  ]
  private static let twoSpaces = Normalizer.replace(TextPattern(known: " {2,}"), with: [0x20])
  private static let spaces: [Normalizer] = [
    .replace(TextPattern(known: #"\s{2,}|[\n\r\t]"#), with: [0x20]), .form(.nfc),
    .strip(left: false, right: true),
  ]

  private static func scheme(
    _ input: ClassInput, orElse other: Metaspace.PrependScheme
  ) throws(TokenizerError) -> Metaspace.PrependScheme {
    try input.flag("add_prefix_space", default: true) ? .always : other
  }

  private static func cleaned(
    _ input: ClassInput, _ first: [Normalizer], keepsAccents: Bool, lowercases: Bool
  ) -> [Normalizer] {
    first + (keepsAccents ? [] : [.form(.nfkd), .stripAccents]) + (lowercases ? [.lowercase] : [])
      + (input.characterMap.map { [.precompiled($0)] } ?? [])
  }

  /// - Parameter words: Whether spaces end pieces and are then forgotten.
  private static func unigrams(
    _ input: ClassInput, unknown: Int, _ normalizer: Normalizer?, words: Bool,
    _ metaspace: Metaspace
  ) throws(TokenizerError) -> TokenizerParts {
    TokenizerParts(
      model: try input.vocabulary.unigram(unknown: unknown), normalizer: normalizer,
      preTokenizer: words
        ? .sequence([.whitespaceSplit, .metaspace(metaspace)]) : .metaspace(metaspace),
      decoder: .metaspace(replacement: "▁", dropsFirst: metaspace.scheme != .never))
  }
}
