import PeftBasics

/// What `Replace` and `Split` look for.
enum TextPattern: Sendable {
  case text([UInt8])
  case expression(OnigurumaPattern)
  case scalars(@Sendable (Unicode.Scalar) -> Bool)

  /// Reads `{"String": "…"}` or `{"Regex": "…"}`.
  init(_ section: Section) throws(TokenizerError) {
    if let text = try section.optional("String") {
      self = .text(Array(try text.text().utf8))
    } else {
      let place = try section["Regex"]
      self = try TextPattern(expression: place.text(), in: place)
    }
  }

  init(expression source: String, in section: Section) throws(TokenizerError) {
    do throws(OnigurumaTranslator.Problem) {
      self = .expression(try OnigurumaPattern(source))
    } catch {
      throw section.error(.badPattern(source, problem: error.text))
    }
  }

  /// An expression of our own.
  init(known source: String) {
    do throws(OnigurumaTranslator.Problem) {
      self = .expression(try OnigurumaPattern(source))
    } catch {
      preconditionFailure("\(source): \(error.text)")
    }
  }

  /// All matches from left to right; none overlap.
  func matches(in text: AlignedText) throws(EncodingProblem) -> [Range<Int>] {
    switch self {
    case .text(let wanted): return Self.places(of: wanted, in: text.bytes)
    case .expression(let expression):
      do throws(OnigurumaPattern.GaveUp) {
        return try expression.matches(in: text.bytes)
      } catch {
        throw .gaveUp(expression.source)
      }
    case .scalars(let isMatch):
      var ranges: [Range<Int>] = []
      text.forEachScalar { if isMatch($0) { ranges.append($1) } }
      return ranges
    }
  }

  static func places(of wanted: [UInt8], in bytes: [UInt8]) -> [Range<Int>] {
    guard let first = wanted.first else { return [] }
    var ranges: [Range<Int>] = []
    var start = 0
    while start + wanted.count <= bytes.count {
      if bytes[start] == first, bytes[start..<(start + wanted.count)].elementsEqual(wanted) {
        ranges.append(start..<(start + wanted.count))
        start += wanted.count
      } else {
        start += 1
      }
    }
    return ranges
  }
}

/// Why a text cannot be encoded; the tokenizer adds where it comes from.
enum EncodingProblem: Error {
  case gaveUp(String)
  case growsTooMuch
  case unknownToken(String)
  case noUnknownToken
}
