extension TokenizerClass {
  static let all = wordPiece + byteLevel + sentencePieceBPE + unigram

  static func named(_ name: String) -> TokenizerClass? {
    all.first { $0.names.contains(name) }
  }

  /// How AutoTokenizer reads a folder.
  enum Choice {
    case made(TokenizerClass)
    /// `tokenizer.json` as it is.
    case asWritten
    /// The same, though transformers has a class for it that is not known here.
    case unknown(String)
  }

  /// The class that AutoTokenizer chooses.
  /// - Parameter file: The folder's `tokenizer.json`.
  static func choice(for folder: TokenizerFolder, _ file: TokenizerFile?) -> Choice {
    let declared = (folder.className ?? folder.modelClassName).map(bare)
    let registered = folder.modelType.flatMap(ModelTypes.className)
    if !folder.hasOwnCode, let declared, let type = folder.modelType {
      // Llama 3's files were long called those of Llama 2's class.
      if declared == "LlamaTokenizer", !ModelTypes.namedWrongly.contains(type),
        file?.namesByteLevel == true
      {
        return .asWritten
      }
      if let registered, registered != declared {
        if registered == ModelTypes.plainClass { return .asWritten }
        return choice(ModelTypes.namedWrongly.contains(type) ? registered : declared)
      }
    }
    if let name = declared ?? registered { return choice(name) }
    // Without a word on the class, the files say it by their names.
    guard file == nil else { return .asWritten }
    return folder.has("vocab.txt") ? choice("BertTokenizer") : choice("GPT2Tokenizer")
  }

  private static func choice(_ name: String) -> Choice {
    if let known = named(name) { return .made(known) }
    return name != ModelTypes.plainClass && ModelTypes.isKnown(name) ? .unknown(name) : .asWritten
  }

  /// A class's name without the ending that earlier releases gave it.
  private static func bare(_ name: String) -> String {
    name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
  }
}
