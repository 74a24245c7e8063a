package import PeftBasics

/// A value read from YAML or JSON, with the place where it was written.
package struct DocumentNode: Sendable {
  package enum Content: Sendable {
    case scalar(Scalar)
    case sequence([DocumentNode])
    case mapping([Entry])
  }

  /// One `key: value` of a mapping. Keys are unique within their mapping.
  package struct Entry: Sendable {
    package let key: String
    package let keyRange: SourceRange
    package let value: DocumentNode
  }

  package let content: Content
  package let range: SourceRange
}

extension DocumentNode {
  /// The value of a key; nil where this is no mapping or has no such key.
  ///
  /// - Complexity: O(entries). To visit many keys, walk `entries` instead.
  package subscript(key: String) -> DocumentNode? { entry(key)?.value }

  /// The entry of a key, with the key's own range.
  package func entry(_ key: String) -> Entry? { entries?.first { $0.key == key } }

  /// The entries in the order they were written; nil where this is no mapping.
  package var entries: [Entry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  /// The elements; nil where this is no list.
  package var elements: [DocumentNode]? {
    if case .sequence(let elements) = content { elements } else { nil }
  }

  package var scalar: Scalar? {
    if case .scalar(let scalar) = content { scalar } else { nil }
  }

  /// The text of a string, whether it was quoted or not; nil for everything else.
  package var string: String? {
    if case .string(let text)? = scalar?.value { text } else { nil }
  }

  /// A whole number; nil for everything else, `3.0` included.
  package var integer: Int? {
    if case .integer(let value)? = scalar?.value { value } else { nil }
  }

  package var bool: Bool? {
    if case .bool(let value)? = scalar?.value { value } else { nil }
  }

  /// Whether nothing, `~` or `null` was written.
  package var isNull: Bool {
    if case .null? = scalar?.value { true } else { false }
  }

  /// What this is, in a message's words: "a mapping", "a list", "a whole number", "text" …
  package var kindName: String {
    switch content {
    case .scalar(let scalar): scalar.kindName
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  /// The range of some characters of a scalar's text, so that an error can underline a part of it.
  ///
  /// Escapes and folded lines shift what was written against what was read; where the file does not
  /// hold the text as it is, the answer is the range of the whole scalar.
  package func range(ofCharacters part: Range<Int>) -> SourceRange {
    guard let scalar else { return range }
    let start = range.startCharacter + (scalar.isQuoted ? 1 : 0)
    let (end, overflow) = start.addingReportingOverflow(part.upperBound)
    guard !overflow, part.lowerBound >= 0 else { return range }
    let written = range.file.characters(from: start, to: end)
    guard written.unicodeScalars.elementsEqual(scalar.text.unicodeScalars.prefix(part.upperBound))
    else { return range }
    return SourceRange(file: range.file, from: start + part.lowerBound, to: end)
  }
}
