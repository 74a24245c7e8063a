extension TokenizerClass {
  static let wordPiece = [bert, mpNet, funnel]

  private static let bert = TokenizerClass(
    names: [
      "BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "MobileBertTokenizer",
      "ConvBertTokenizer", "SqueezeBertTokenizer", "LayoutLMTokenizer", "LxmertTokenizer",
    ],
    files: .lines,
    tokens: [
      "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]",
      "mask_token": "[MASK]",
    ],
    parts: wordPieces, ending: .template(around("cls_token", "sep_token")))

  private static let mpNet = TokenizerClass(
    names: ["MPNetTokenizer"], files: .lines,
    tokens: [
      "bos_token": "<s>", "eos_token": "</s>", "unk_token": "[UNK]", "sep_token": "</s>",
      "pad_token": "<pad>", "cls_token": "<s>", "mask_token": "<mask>",
    ],
    strippingLeft: ["mask_token"], parts: wordPieces,
    ending: .roberta(around("cls_token", "sep_token")))

  private static let funnel = TokenizerClass(
    names: ["FunnelTokenizer"], files: .lines,
    tokens: [
      "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "sep_token": "<sep>",
      "pad_token": "<pad>", "cls_token": "<cls>", "mask_token": "<mask>",
    ],
    parts: wordPieces,
    ending: .template([.token("cls_token", typeID: 2), .text, .token("sep_token")]))

  @Sendable private static func wordPieces(
    _ input: ClassInput
  ) throws(TokenizerError) -> TokenizerParts {
    let lowercases = try input.flag("do_lower_case", default: true)
    return TokenizerParts(
      model: try input.vocabulary.wordPiece(unknown: input.tokens["unk_token"] ?? "None"),
      normalizer: .bert(
        BertNormalizer(
          cleansText: try input.flag("clean_text", default: true),
          separatesChinese: try input.flag("tokenize_chinese_chars", default: true),
          stripsAccents: try input.settings.flag("strip_accents") ?? lowercases,
          lowercases: lowercases)),
      preTokenizer: .bert, decoder: .wordPiece(prefix: Array("##".utf8), cleansUp: true))
  }
}
