/// What becomes of the characters of a text, in a form that says for each new one where it comes from, as
/// `tokenizers` says it.
struct CharacterChanges {
  /// A character, and how many more there are than before (1: it was added) or fewer (−n: so many after it
  /// were removed).
  private var characters: [(bytes: ArraySlice<UInt8>, change: Int)] = []
  /// Characters removed before the first one.
  private var removedFirst = 0

  mutating func keep(_ character: ArraySlice<UInt8>) { characters.append((character, 0)) }

  mutating func replace(_ old: ArraySlice<UInt8>, with new: ArraySlice<UInt8>) {
    let first = characters.count
    var start = new.startIndex
    while start < new.endIndex {
      let end = start + new[start].utf8Width
      characters.append((new[start..<end], 0))
      start = end
    }
    let added = characters.count - first - old.count(where: \.beginsCharacter)
    if added > 0 {
      for index in (characters.count - added)..<characters.count { characters[index].change = 1 }
    } else if added < 0, characters.isEmpty {
      removedFirst -= added
    } else if added < 0 {
      characters[characters.count - 1].change += added
    }
  }

  func applied(to text: AlignedText) -> AlignedText {
    var result = AlignedText()
    result.reserveCapacity(text.count)
    var place = 0
    func skip(_ count: Int) {
      for _ in 0..<count where place < text.count { place += text.bytes[place].utf8Width }
    }
    skip(removedFirst)
    for (bytes, change) in characters {
      let source = change > 0 ? place - 1 : place
      let origin =
        text.isEmpty
        ? AlignedText.Origin(start: 0, end: 0) : text.origins[min(max(source, 0), text.count - 1)]
      result.append(bytes, origin: origin)
      if change <= 0 { skip(1 - change) }
    }
    return result
  }
}
