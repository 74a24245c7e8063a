import Foundation
import Peft
import Testing

@Suite("Rows compressed by gzip") struct GzipTests {
  private static let expected = (0..<200).map { "row \($0)|" }
  private static let whole = Data(
    (0..<200).map { "{\"text\": \"row \($0)\"}\n" }.joined().utf8)

  private func texts(_ bytes: Data, named name: String = "a.jsonl.gz") throws -> [String] {
    var stream = try DataFile(name, bytes).stream(batchSize: 100, isEvaluation: true)
    return try stream.rest().flatMap(\.texts)
  }

  private func message(_ bytes: Data) throws -> String? {
    try DataFile("a.jsonl.gz", bytes).message { try $0.stream() }
  }

  @Test("Are those that were compressed, whatever the name's letters")
  func rows() throws {
    #expect(try texts(Self.whole.gzipped, named: "A.JSONL.GZ") == Self.expected)
    #expect(
      try texts(Data("n,text\n1,one\n2,two\n".utf8).gzipped, named: "a.csv.gz") == ["one|", "two|"])
    #expect(try texts(Data("n\ttext\n1\tone\n".utf8).gzipped, named: "a.tsv.gz") == ["one|"])
    #expect(try texts(Data("\u{FEFF}one\n".utf8).gzipped, named: "a.txt.gz") == ["one|"])
  }

  @Test("Are read as the gzip command writes them, with the file's name in them")
  func command() throws {
    let bytes = try #require(
      Data(
        base64Encoded: """
          H4sICIDITzoCA2EuanNvbmwAq1YqSa0oUbJSUMrPS1Wq5aqG80vK84F8ANFbadUgAAAA
          """))
    #expect(try texts(bytes) == ["one|", "two|"])
  }

  @Test("May be in several members, cut anywhere, with zeros after the last")
  func members() throws {
    var bytes = Data()
    var rest = Self.whole
    for size in [1, 0, 17, 1000] {
      bytes += rest.prefix(size).gzipped
      rest = rest.dropFirst(size)
    }
    bytes += rest.gzipped
    #expect(try texts(bytes) == Self.expected)
    #expect(try texts(bytes + Data(count: 1024)) == Self.expected)
  }

  @Test("A file that ends too early is refused, wherever it ends")
  func cutOff() throws {
    let bytes = Self.whole.gzipped
    for size in stride(from: 2, to: bytes.count, by: 7) {
      #expect(
        try message(bytes.prefix(size)) == """
          a.jsonl.gz: the gzip data are cut off: they end too early
            fix: copy the file again, or make it anew
          """)
    }
    // After a first member that is whole, too.
    #expect(try message(bytes + bytes.prefix(20))?.contains("are cut off") == true)
    #expect(try message(bytes.dropLast())?.contains("are cut off") == true)
    #expect(try message(Data())?.contains("the file is empty") == true)
    #expect(try message(Data().gzipped)?.contains("the file is empty") == true)
  }

  @Test("Damaged data are refused, also where only their check is wrong")
  func damaged() throws {
    let sound = Self.whole.gzipped
    let wrong = [
      (sound.count - 8, "incorrect data check"), (sound.count - 4, "incorrect length check"),
      (2, "unknown compression method"), (3, "unknown header flags set"),
    ]
    for (place, reason) in wrong {
      var bytes = sound
      bytes[place] ^= 0xFF
      #expect(
        try message(bytes) == """
          a.jsonl.gz: the gzip data are damaged: \(reason)
            fix: copy the file again, or make it anew
          """)
    }
  }

  @Test("What is no gzip data, before or after, is refused")
  func otherData() throws {
    for bytes in [Self.whole, Data([0x1F]), Data([0x50, 0x4B, 3, 4])] {
      #expect(
        try message(bytes) == """
          a.jsonl.gz: the file's name says that gzip compressed it, and it did not
            fix: give the file the name of what it is, or compress it
          """)
    }
    #expect(
      try message(Self.whole.gzipped + Data("\0\0more".utf8)) == """
        a.jsonl.gz: something that is no gzip data follows the gzip data
          fix: copy the file again, or make it anew
        """)
  }

  @Test("Mistakes in rows have the line that they are on when they are unpacked")
  func lines() throws {
    let text = "{\"text\": \"a\"}\n\n{\"text\": \"b\"\n"
    #expect(
      try message(Data(text.utf8).gzipped)?.hasPrefix(
        "a.jsonl.gz:3: the row is not JSON: byte 12") == true)
  }

  @Test("A small file that unpacks into a large one ends where there is no room")
  func bomb() throws {
    let bytes = Data(count: 64 << 20).gzipped
    #expect(bytes.count < 100_000)
    let file = try DataFile("a.txt.gz", bytes)
    let error = #expect(throws: DataError.self) {
      try GzipCompression().unpacked(file.path, limit: 1_000_000)
    }
    let text = try #require(error.map { "\($0)" })
    #expect(text.hasPrefix("\(file.path): unpacked, the file takes more room than there is"))
    #expect(text.contains(": 1.00 MB\n  fix: set TMPDIR to a folder with more room, or unpack"))
  }
}
