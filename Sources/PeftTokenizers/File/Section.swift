import OrderedCollections
import PeftBasics

/// A value of the file with its place, from which components read their options.
struct Section {
  let value: JSONValue
  let path: String
  let place: String

  func error(_ reason: TokenizerError.Reason) -> TokenizerError {
    TokenizerError(reason: reason, path: path, part: place)
  }

  private func expected(_ expected: String) -> TokenizerError {
    error(.wrongKind(found: value.kind, expected: expected))
  }

  // MARK: Members

  private func members() throws(TokenizerError) -> OrderedDictionary<String, JSONValue> {
    guard case .map(let members) = value else { throw expected("an object") }
    return members
  }

  /// The member of that name; nil where it is missing or null.
  func optional(_ name: String) throws(TokenizerError) -> Section? {
    guard let value = try members()[name], value != .null else { return nil }
    return Section(value: value, path: path, place: place.isEmpty ? name : "\(place).\(name)")
  }

  subscript(name: String) -> Section {
    get throws(TokenizerError) {
      guard let section = try optional(name) else { throw error(.missing(field: name)) }
      return section
    }
  }

  func elements() throws(TokenizerError) -> [Section] {
    guard case .list(let elements) = value else { throw expected("a list") }
    return elements.enumerated().map {
      Section(value: $1, path: path, place: "\(place)[\($0)]")
    }
  }

  /// Elements each of which is a step over all of a text.
  func steps() throws(TokenizerError) -> [Section] {
    let (elements, limit) = (try elements(), 64)
    guard elements.count <= limit else {
      throw error(.tooManyParts(elements.count, limit: limit))
    }
    return elements
  }

  /// Names and values of an object whose names are data.
  func entries() throws(TokenizerError) -> [(name: String, section: Section)] {
    try members().map { name, value in
      (name, Section(value: value, path: path, place: place.isEmpty ? name : "\(place).\(name)"))
    }
  }

  /// Refuses options that are not among those a component knows; null says nothing.
  func allow(_ names: Set<String>) throws(TokenizerError) {
    for (name, value) in try members() where !names.contains(name) && name != "type" {
      if value != .null { throw error(.unsupportedOption(name)) }
    }
  }

  // MARK: Values

  func text() throws(TokenizerError) -> String {
    guard case .text(let text) = value else { throw expected("a text") }
    return text
  }

  func text(_ name: String) throws(TokenizerError) -> String { try self[name].text() }

  func flag(_ name: String, default standard: Bool? = nil) throws(TokenizerError) -> Bool {
    guard let section = try optional(name) else {
      guard let standard else { throw error(.missing(field: name)) }
      return standard
    }
    guard let isTrue = section.value.bool else { throw section.expected("true or false") }
    return isTrue
  }

  func count(_ name: String, default standard: Int? = nil) throws(TokenizerError) -> Int {
    guard let section = try optional(name) else {
      guard let standard else { throw error(.missing(field: name)) }
      return standard
    }
    guard let count = section.value.count else { throw section.expected("a whole number") }
    return count
  }

  /// A number that stands for a token.
  func id() throws(TokenizerError) -> Int {
    switch value {
    case .integer(let id) where 0...TokenTable.largestID ~= id: return id
    case .integer, .number, .numeral:
      throw error(.badID(value.description, limit: TokenTable.largestID))
    default: throw expected("an id")
    }
  }

  /// A text of one character.
  func character(_ name: String, default standard: Unicode.Scalar? = nil)
    throws(TokenizerError) -> Unicode.Scalar
  {
    guard let section = try optional(name) else {
      guard let standard else { throw error(.missing(field: name)) }
      return standard
    }
    let scalars = try section.text().unicodeScalars
    guard scalars.count == 1 else { throw section.expected("one character") }
    return scalars[scalars.startIndex]
  }
}
