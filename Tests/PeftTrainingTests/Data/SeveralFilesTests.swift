import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("Data in several files, and in JSON lists") struct SeveralFilesTests {
  /// The texts of all rows, in the order of the files.
  private func texts(_ files: DataFiles, text: String? = nil) throws -> [String] {
    var stream = try BatchStream(
      DataSettings(train: files, text: text), files: files, objective: .nextToken(), tokens: .bytes,
      batchSize: 1, sequenceLength: 64, isEvaluation: true)
    var texts: [String] = []
    while let batch = try stream.next() {
      let ids = batch.inputs["input_ids"]?.integers() ?? []
      texts.append(String(decoding: ids.filter { $0 != 0 }.map { UInt8($0) }, as: UTF8.self))
    }
    return texts
  }

  private func message(_ files: DataFiles, in folder: TemporaryFolder) -> String? {
    PeftTestSupport.message { _ = try texts(files) }?
      .replacingOccurrences(of: folder.path + "/", with: "")
  }

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.file("b.jsonl", "{\"text\": \"b1\"}\n{\"text\": \"b2\"}\n")
    try folder.file("a.csv", "text,n\na1,1\n")
    try folder.file("c.json", "[{\"text\": \"c1\"}]")
    try folder.file("notes.md", "no data")
    try folder.file(".hidden.txt", "hidden")
    return folder
  }

  @Test("Files of different formats follow each other, and each counts once")
  func order() throws {
    let folder = try folder()
    let all = ["a1", "b1", "b2", "c1"]
    #expect(try texts([folder.path]) == all)
    #expect(try texts(["\(folder.path)/*.[cj]s*"]) == all)
    #expect(
      try texts(["\(folder.path)/c.json", "\(folder.path)/*.json*", "\(folder.path)/b.jsonl"])
        == ["c1", "b1", "b2"])
  }

  @Test("A row that cannot be used is named by its file and line, wherever it is")
  func place() throws {
    let folder = try folder()
    try folder.file("d.jsonl", "{\"text\": \"d1\"}\n{\"txt\": \"d2\"}\n")
    #expect(
      message([folder.path], in: folder)?.hasPrefix(
        "d.jsonl:2: the row has no field 'text', but 'txt'") == true)
  }

  @Test(
    "A pattern, a folder or a list of files without any data",
    arguments: [
      (["*.tsv"], "*.tsv: no file has a path of this pattern"),
      (["empty"], "empty: the folder has no file with rows of texts"),
      (["b.jsonl", "none.jsonl"], "none.jsonl: there is no such file"),
      (["b.jsonl", "t.bin"], "t.bin: one of several files has no rows of texts"),
      (["b.jsonl", "notes.md"], "notes.md: the file's name does not say what is in it"),
    ])
  func mistakes(paths: [String], expected: String) throws {
    let folder = try folder()
    try FileManager.default.createDirectory(
      atPath: folder.path("empty"), withIntermediateDirectories: false)
    try folder.file("t.bin", "abcd")
    let files = DataFiles(paths.map { folder.path($0) })
    #expect(message(files, in: folder)?.hasPrefix(expected) == true)
  }

  @Test(
    "A JSON list as it may be written",
    arguments: [
      (#"[{"text": "a"}, {"text": "b"}]"#, ["a", "b"]),
      ("\u{FEFF} [\n{\"text\":\n \"[{]}\\\"\"}\n,\n{\"text\": \"b\"}\n]\n\n", ["[{]}\"", "b"]),
      // Lines of JSON under another name.
      ("{\"text\": \"a\"}\n\n{\"text\": \"b\"}\n", ["a", "b"]),
    ])
  func lists(text: String, expected: [String]) throws {
    let folder = try TemporaryFolder()
    #expect(try texts([folder.file("a.json", text)]) == expected)
  }

  @Test(
    "A JSON list with a mistake",
    arguments: [
      ("[]", "a.json: the file has no rows"),
      ("[\n{\"text\": \"a\"},\n{\"text\": \"b\"", "a.json:3: the list is not closed"),
      (
        "[\n{\"text\": \"a\"}\n{\"text\": \"b\"}]", "a.json:3: the list goes on with something else"
      ),
      ("[{\"text\": \"a\"}]\n,", "a.json:2: the list goes on with something else"),
      ("[{\"text\": \"a\"},]", "a.json:1: the list goes on with something else"),
      ("[\n{\"text\": \"a\"},\n{\"text\": a}]", "a.json:3: the row is not JSON"),
      ("[\n{\"text\": \"a\"},\n2]", "a.json:3: the row is a number, not an object"),
      ("{\"data\": [{\"text\": \"a\"}]}", "a.json:1: the row has no field 'text', but 'data'"),
      ("[{\"text\": \"a\\", "a.json:1: the list is not closed"),
    ])
  func badLists(text: String, expected: String) throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("a.json", text)
    #expect(message([file], in: folder)?.hasPrefix(expected) == true)
  }

  @Test(
    "Text of 16 bits, with and without a mark of its order", arguments: [".jsonl", ".csv", ".txt"])
  func wide(ending: String) throws {
    let folder = try TemporaryFolder()
    for encoding in [String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian] {
      let bytes = try #require("text\nsome".data(using: encoding))
      let file = try folder.file("a\(ending)", bytes)
      #expect(
        message([file], in: folder) == """
          a\(ending): the file is UTF-16
            fix: convert it: iconv -f UTF-16 -t UTF-8
          """)
    }
  }
}
