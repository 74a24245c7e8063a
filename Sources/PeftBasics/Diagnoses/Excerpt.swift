/// The line that an error is about, with a mark under the part that is meant.
///
/// Tabs become spaces and control characters become `�`, so that the mark stands where it should and
/// a hostile file cannot steer the terminal. A long line is cut around the mark.
struct Excerpt {
  let lines: [String]

  private static let widestLine = 100
  private static let tabWidth = 4

  init(_ range: SourceRange, note: String?) {
    let (start, end) = (range.start, range.end)
    guard let line = range.file.line(start.line) else {
      lines = []
      return
    }
    // A line may be as long as a file: only what stands near the mark is looked at.
    let skipped = max(0, start.column - 1 - 2 * Self.widestLine)
    let near = line.unicodeScalars.dropFirst(skipped)
    let cells = near.prefix(4 * Self.widestLine).map(Self.cell)
    let markStart = min(start.column - 1 - skipped, cells.count)
    let markEnd = end.line == start.line ? end.column - 1 - skipped : cells.count
    let mark = markStart..<max(markStart, min(markEnd, cells.count))
    let shown = Self.window(around: mark, of: cells.map(\.width))
    let head = skipped > 0 || shown.lowerBound > 0 ? "…" : ""
    let isWhole = cells.count < 4 * Self.widestLine && shown.upperBound == cells.count
    let tail = isWhole ? "" : "…"
    let text = head + cells[shown].map(\.text).joined() + tail
    let indent = head.count + Self.width(cells[shown.lowerBound..<mark.lowerBound])
    let underlined = max(1, Self.width(cells[mark.clamped(to: shown)]))
    let under = "^" + String(repeating: "~", count: underlined - 1)

    let gutter = String(start.line).rightAligned(5)
    let blank = String(repeating: " ", count: gutter.count)
    lines = [
      Self.trimmed("\(gutter) | \(text)"),
      "\(blank) | " + String(repeating: " ", count: indent) + under + (note.map { " \($0)" } ?? ""),
    ]
  }

  /// The cells to show: all of them, or as many as fit with the start of the mark a third of the way.
  private static func window(around mark: Range<Int>, of widths: [Int]) -> Range<Int> {
    guard widths.reduce(0, +) > widestLine else { return widths.indices }
    var start = mark.lowerBound
    var room = widestLine / 3
    while start > 0, room >= widths[start - 1] {
      start -= 1
      room -= widths[start]
    }
    var end = start
    room = widestLine
    while end < widths.count, room >= widths[end] {
      room -= widths[end]
      end += 1
    }
    // Near the end of the line there is room to the left again.
    while start > 0, room >= widths[start - 1] {
      start -= 1
      room -= widths[start]
    }
    return start..<end
  }

  private static func cell(_ character: Unicode.Scalar) -> (text: String, width: Int) {
    if character == "\t" { return (String(repeating: " ", count: tabWidth), tabWidth) }
    switch character.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return ("\u{FFFD}", 1)
    case .nonspacingMark, .enclosingMark: return (String(character), 0)
    default: return (String(character), isWide(character) ? 2 : 1)
    }
  }

  /// Whether terminals draw a character two cells wide: East Asian scripts and pictographs.
  private static func isWide(_ character: Unicode.Scalar) -> Bool {
    switch character.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }

  private static func width(_ cells: ArraySlice<(text: String, width: Int)>) -> Int {
    cells.reduce(0) { $0 + $1.width }
  }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
