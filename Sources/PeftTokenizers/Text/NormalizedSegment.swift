/// Characters that may be joined or change places with one another, decomposed: one and the marks after
/// it, of which there can be any number.
///
/// Foundation normalises whole texts, too, but takes time with the square of the marks in a row.
/// - SeeAlso: Unicode Standard Annex #15, "Unicode Normalization Forms".
struct NormalizedSegment {
  private typealias Element = (
    scalar: Unicode.Scalar, combiningClass: UInt8, origin: AlignedText.Origin
  )

  private var elements: [Element] = []

  mutating func append(
    _ scalar: Unicode.Scalar, origin: AlignedText.Origin, _ characters: inout CharacterForms
  ) {
    if scalar.value < 0x80 {
      elements.append((scalar, 0, origin))
      return
    }
    for (part, combiningClass) in characters.decomposition(of: scalar) {
      elements.append((part, combiningClass, origin))
    }
  }

  /// Appends the segment in its form to a text, and empties it.
  mutating func move(to text: inout AlignedText, _ characters: inout CharacterForms) {
    if elements.count > 1 {
      order()
      if characters.form.isComposed { compose(&characters) }
    }
    for element in elements { text.append(UTF8.encode(element.scalar)!, origin: element.origin) }
    elements.removeAll(keepingCapacity: elements.count < 1024)
  }

  /// Puts every run of marks in the order of their combining classes; those of one class stay as they are.
  private mutating func order() {
    var start = 0
    while start < elements.count {
      guard elements[start].combiningClass > 0 else {
        start += 1
        continue
      }
      var (end, isOrdered) = (start + 1, true)
      while end < elements.count, elements[end].combiningClass > 0 {
        isOrdered =
          isOrdered && elements[end - 1].combiningClass <= elements[end].combiningClass
        end += 1
      }
      if !isOrdered { sort(start..<end) }
      start = end
    }
  }

  /// Sorts by counting, so that the time grows with the number of marks alone.
  private mutating func sort(_ run: Range<Int>) {
    var places = [Int](repeating: 0, count: 257)
    for index in run { places[Int(elements[index].combiningClass) + 1] += 1 }
    for number in 1...256 { places[number] += places[number - 1] }
    let marks = Array(elements[run])
    for mark in marks {
      let number = Int(mark.combiningClass)
      elements[run.lowerBound + places[number]] = mark
      places[number] += 1
    }
  }

  /// Joins characters with those after them that nothing blocks.
  private mutating func compose(_ characters: inout CharacterForms) {
    var count = 0
    var starter: Int?
    for element in elements {
      if let first = starter,
        count == first + 1 || elements[count - 1].combiningClass < element.combiningClass,
        let composite = characters.composite(of: elements[first].scalar, element.scalar)
      {
        let origin = elements[first].origin
        elements[first].scalar = composite
        elements[first].origin = AlignedText.Origin(
          start: min(origin.start, element.origin.start), end: max(origin.end, element.origin.end))
        continue
      }
      if element.combiningClass == 0 { starter = count }
      elements[count] = element
      count += 1
    }
    elements.removeSubrange(count...)
  }
}
