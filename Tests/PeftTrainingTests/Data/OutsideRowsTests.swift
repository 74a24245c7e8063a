import Foundation
import Peft
import PeftTestSupport
import Testing

/// A format from outside whose rows are several lines: paragraphs, with a blank line between them. The
/// first paragraph names the fields, and has one for every line of the others.
private struct ParagraphsFormat: TextFormat {
  let ending = ".paragraphs"
  let summary = "Paragraphs with a field a line; the first names the fields."

  func rows(
    of bytes: UnsafeRawBufferPointer, at place: inout Int
  ) throws(DataError.Reason) -> TextIndex {
    var index = TextIndex()
    while let start = bytes[place...].firstIndex(where: { $0 != UInt8(ascii: "\n") }) {
      place = start
      let lines = lines(at: start, of: bytes)
      if index.columns.isEmpty {
        index.columns = lines
        let twice = lines.first { name in lines.count { $0 == name } > 1 }
        if let twice { throw .columnTwice(twice) }
      } else {
        guard lines.count == index.columns.count else {
          throw .badRow(
            problem: "the paragraph has \(lines.count) lines, the first \(index.columns.count)",
            fix: "write a line for every field")
        }
        try index.append(start..<end(of: start, in: bytes))
      }
      place = end(of: start, in: bytes)
    }
    return index
  }

  func record(
    at offset: Int, of bytes: UnsafeRawBufferPointer, columns: [String]
  ) throws(DataError.Reason) -> DataRecord {
    DataRecord(zip(columns, lines(at: offset, of: bytes).map { JSONValue.text($0) }))
  }

  private func end(of start: Int, in bytes: UnsafeRawBufferPointer) -> Int {
    var end = start
    while end < bytes.count, !bytes[end...].starts(with: [10, 10]) { end += 1 }
    return end
  }

  private func lines(at start: Int, of bytes: UnsafeRawBufferPointer) -> [String] {
    bytes[start..<end(of: start, in: bytes)].split(separator: UInt8(ascii: "\n"))
      .map { String(decoding: $0, as: UTF8.self) }
  }
}

/// A format whose rows have a field twice.
private struct TwiceFormat: TextFormat {
  let ending = ".twice"
  let summary = "A text, after a field of its name."

  func record(
    at offset: Int, of bytes: UnsafeRawBufferPointer, columns: [String]
  ) throws(DataError.Reason) -> DataRecord {
    let text = String(decoding: line(at: offset, of: bytes), as: UTF8.self)
    return DataRecord([("text", .text("first")), ("n", .integer(1)), ("text", .text(text))])
  }
}

@Suite("A format of rows of several lines, from outside") struct OutsideRowsTests {
  private func texts(
    _ contents: String, named name: String = "a.paragraphs", text: String = "{answer}<{question}>"
  ) throws -> [String] {
    var formats = DataFormats.standard
    try formats.register(ParagraphsFormat())
    try formats.register(TwiceFormat())
    let bytes = Data(contents.utf8)
    let file = try DataFile(name, name.hasSuffix(".gz") ? bytes.gzipped : bytes)
    var stream = try BatchStream(
      DataSettings(train: [file.path], text: text), files: [file.path],
      objective: .nextToken(), tokens: .bytes, batchSize: 8, sequenceLength: 64,
      isEvaluation: true, formats: formats)
    return try stream.rest().flatMap(\.texts)
  }

  @Test("Its rows are read, compressed too", arguments: ["a.paragraphs", "b.PARAGRAPHS.gz"])
  func rows(name: String) throws {
    #expect(
      try texts("question\nanswer\n\n1+1\n2\n\n\n2+2\n4\n", named: name)
        == ["2<1+1>|", "4<2+2>|"])
  }

  @Test("Of a field that a row has twice the last value counts")
  func twice() throws {
    #expect(try texts("last\n", named: "a.twice", text: "{text}{n}") == ["last1|"])
  }

  @Test("Its mistakes are told with their line")
  func mistakes() throws {
    let short = try #require(message { _ = try texts("question\nanswer\n\n1\n2\n\n3\n") })
    #expect(short.contains("a.paragraphs:7: the paragraph has 1 lines, the first 2"))
    #expect(short.contains("fix: write a line for every field"))
    let twice = try #require(message { _ = try texts("answer\nanswer\n\n1\n2\n") })
    #expect(twice.contains("a.paragraphs:1: ") && twice.contains("'answer' twice"))
    #expect(message { _ = try texts("question\nanswer\n") }?.contains("no rows") == true)
  }
}
