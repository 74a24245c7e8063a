import PeftBasics

/// The files that tokenizers were saved in before there was a `tokenizer.json`.
enum VocabularyFiles: Sendable {
  /// `vocab.txt`: a token a line, as BERT has it.
  case lines
  /// `vocab.json` and `merges.txt`, as GPT-2 has them.
  case merges
  /// SentencePiece's model of that name, which is not read here.
  case sentencePiece(String)

  func vocabulary(in folder: TokenizerFolder) throws -> Vocabulary? {
    switch self {
    case .lines: return try folder.optional("vocab.txt", Self.lines)
    case .merges:
      guard var vocabulary = try folder.optional("vocab.json", Self.json) else { return nil }
      let merges = try folder.optional("merges.txt") { bytes, path in
        var list = Vocabulary(path: path, place: "")
        for line in try Self.lines(of: bytes, path: path) { try list.appendMerge(line) }
        return list.merges
      }
      guard let merges else {
        throw TokenizerError(reason: .noMerges, path: folder.path, part: "")
      }
      vocabulary.merges = merges
      return vocabulary
    case .sentencePiece(let name):
      if try folder.optional(name, { _, _ in true }) == true {
        throw TokenizerError(reason: .onlySentencePiece(name), path: folder.path, part: "")
      }
      return nil
    }
  }

  private static func lines(
    _ bytes: UnsafeRawBufferPointer, path: String
  ) throws -> Vocabulary {
    var vocabulary = Vocabulary(path: path, place: "")
    for line in try lines(of: bytes, path: path) {
      let scalars = line.unicodeScalars
      let end = scalars.lastIndex { !$0.isSpace }.map { scalars.index(after: $0) }
      try vocabulary.append(String(scalars[..<(end ?? scalars.startIndex)]))
    }
    return vocabulary
  }

  private static func json(
    _ bytes: UnsafeRawBufferPointer, path: String
  ) throws -> Vocabulary {
    var model = ModelReader(Vocabulary(path: path, place: ""))
    do {
      var reader = JSONReader(bytes)
      guard try reader.kind() == .object else {
        let value = try JSONValue(&reader)
        throw TokenizerError(
          reason: .wrongKind(found: value.kind, expected: "an object"), path: path, part: "")
      }
      try model.readVocabulary(&reader)
      try reader.finish()
    } catch let mistake as JSONMistake {
      throw TokenizerError(reason: .notJSON(mistake), path: path, part: "")
    }
    return model.vocabulary
  }

  /// Lines without their ends, and without an empty one after the last end.
  private static func lines(
    of bytes: UnsafeRawBufferPointer, path: String
  ) throws(TokenizerError) -> [String] {
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.utf8.elementsEqual(bytes) else {
      throw TokenizerError(reason: .notUTF8, path: path, part: "")
    }
    var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { line in
      String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
    }
  }
}
