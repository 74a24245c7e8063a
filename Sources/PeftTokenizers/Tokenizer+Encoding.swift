extension Tokenizer {
  /// The tokens of a text.
  /// - Parameter addingSpecialTokens: Whether those around a text, such as `[CLS]`, are added. Special
  ///   tokens that the text itself spells out are found either way.
  /// - Throws: `TokenizerError`, where a regular expression of the file takes too long on this text,
  ///   or the token for unknown text is needed and missing.
  /// - Complexity: O(n log n) in the longest piece, O(n) in the text.
  public func encode(
    _ text: String, addingSpecialTokens: Bool = true
  ) throws(TokenizerError) -> Encoding {
    do throws(EncodingProblem) {
      var tokens = try tokens(of: text)
      var text = text
      text.withUTF8 {
        postProcessor?.apply(to: &tokens, of: $0, addingSpecialTokens: addingSpecialTokens)
      }
      return Encoding(tokens: tokens)
    } catch {
      throw TokenizerError(error, path: path)
    }
  }

  private func tokens(of text: String) throws(EncodingProblem) -> [Encoding.Token] {
    var tokens: [Encoding.Token] = []
    var memory = PieceMemory()
    for part in try added.parts(of: AlignedText(text.utf8), normalizer: normalizer) {
      switch part {
      case .token(let token, let text):
        tokens.append(
          Encoding.Token(
            id: token.id, text: String(decoding: text.bytes, as: UTF8.self),
            range: text.origin(of: 0..<text.count)))
      case .text(let text):
        for piece in try preTokenizer?.pieces(of: text) ?? [text] where !piece.isEmpty {
          for match in try memory.matches(of: piece.bytes, model) {
            tokens.append(
              Encoding.Token(
                id: match.id, text: token(inModel: match.id), range: piece.origin(of: match.range)))
          }
        }
      }
    }
    return tokens
  }

  private func token(inModel id: Int) -> String {
    String(decoding: table.token(id) ?? [], as: UTF8.self)
  }

  /// The text that ids stand for.
  /// - Parameter skippingSpecialTokens: Whether tokens that the file calls special are left out.
  /// - Returns: A text in which U+FFFD stands for bytes that are not UTF-8.
  /// - Throws: `TokenizerError.Reason.noSuchID`.
  public func decode(
    _ ids: [Int], skippingSpecialTokens: Bool = true
  ) throws(TokenizerError) -> String {
    var tokens: [[UInt8]] = []
    for id in ids {
      if let token = added.token(id) {
        if token.isSpecial, skippingSpecialTokens { continue }
        tokens.append(added.text(of: token))
      } else if let token = table.token(id) {
        tokens.append(token)
      } else {
        throw TokenizerError(reason: .noSuchID(id), path: path, part: "")
      }
    }
    guard let decoder else {
      return String(decoding: Array(tokens.joined(separator: [UInt8(ascii: " ")])), as: UTF8.self)
    }
    do throws(EncodingProblem) {
      return String(decoding: Array(try decoder.decoded(tokens).joined()), as: UTF8.self)
    } catch {
      throw TokenizerError(error, path: path)
    }
  }
}

/// Remembers what short pieces became: a text repeats its words.
private struct PieceMemory {
  private static let longest = 64
  private static let most = 20_000
  private var known: [[UInt8]: [TokenModel.Match]] = [:]

  mutating func matches(
    of piece: [UInt8], _ model: TokenModel
  ) throws(EncodingProblem) -> [TokenModel.Match] {
    if case .bytes = model { return try model.tokens(of: piece) }
    guard piece.count <= Self.longest else { return try model.tokens(of: piece) }
    if let matches = known[piece] { return matches }
    let matches = try model.tokens(of: piece)
    if known.count < Self.most { known[piece] = matches }
    return matches
  }
}
