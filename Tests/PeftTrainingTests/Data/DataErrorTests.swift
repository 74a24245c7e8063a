import Foundation
import Peft
import PeftBasics
import Testing

@Suite("Data that cannot be used") struct DataErrorTests {
  private func problem(
    _ name: String, _ text: String,
    _ open: (DataFile) throws -> BatchStream = { try $0.stream() }
  ) throws -> String? {
    try DataFile(name, text).message(open)
  }

  @Test("A file that is missing, empty, without rows or of an unknown kind")
  func files() throws {
    let file = try DataFile("a.txt", "")
    #expect(
      file.message { try $0.stream() } == """
        a.txt: the file is empty
          fix: write rows into it, or name another file
        """)
    #expect(try problem("a.txt", "\n \n")?.hasPrefix("a.txt: the file has no rows") == true)
    #expect(try problem("a.csv", "text\n")?.hasPrefix("a.csv: the file has no rows") == true)
    let unknown = try #require(try problem("a.parquet", "PAR1"))
    #expect(
      unknown.hasPrefix(
        """
        a.parquet: the file's name does not say what is in it
          fix: give a file that ends in .jsonl, .json, .txt, 
        """))
    #expect(unknown.contains("; compressed, in .jsonl.gz, .json.gz, .txt.gz, "))
    let words = Set(unknown.split { " ,;\n".contains($0) }.map(String.init))
    let formats = DataFormats.standard
    #expect((formats.endings + formats.compressedEndings).filter { !words.contains($0) } == [])
    #expect(try problem("a.npy.gz", "x")?.contains("name does not say what is in it") == true)
    try FileManager.default.removeItem(atPath: file.path)
    #expect(
      file.message { try $0.stream() } == """
        a.txt: there is no such file
          fix: check the path
        """)
  }

  @Test("A line that is not JSON, and one that is no object")
  func json() throws {
    #expect(
      try problem("a.jsonl", "{\"text\": \"a\"}\n\n{\"text\": \"b\"\n") == """
        a.jsonl:3: the row is not JSON: byte 12: it ends where ',' or '}' is expected
          fix: write one object a line, or a list of objects
        """)
    #expect(
      try problem("a.jsonl", "[1]")?.hasPrefix(
        "a.jsonl:1: the row is a list, not an object") == true)
    #expect(
      try problem("a.jsonl", String(repeating: "[", count: 1000))?.contains("levels") == true)
  }

  @Test("A template with a field that a row lacks")
  func missingField() throws {
    #expect(
      try problem("a.jsonl", #"{"meaning": "a", "x": {"y": 1}}"#) {
        try $0.stream(text: "{meening}")
      } == """
        a.jsonl:1: the row has no field 'meening', but 'meaning' and 'x.y'
          fix: did you mean 'meaning'?
        """)
    #expect(
      try problem("a.jsonl", "{}")?.contains("no field 'text', but none at all") == true)
    #expect(
      try problem("a.jsonl", #"{"text": null}"#)?.contains("the field 'text' is null") == true)
    #expect(
      try problem("a.jsonl", #"{"text": {"a": 1}}"#)?.contains("as in {text.name}") == true)
  }

  @Test(
    "A template that cannot be read",
    arguments: ["{a", "a}", "{}", "{a{b}}"])
  func badTemplate(template: String) throws {
    let message = try problem("a.jsonl", #"{"a": 1}"#) { try $0.stream(text: template) }
    #expect(message?.hasPrefix("a.jsonl: the template '\(template)' cannot") == true)
  }

  @Test("A table whose rows or quotes are not right")
  func table() throws {
    #expect(
      try problem("a.csv", "a,text\n1,\"x\ny\"\n1,2,3\n") == """
        a.csv:4: the row has 3 fields, the header 2
          fix: put fields with commas in quotes, or add what is missing
        """)
    #expect(
      try problem("a.tsv", "a\ttext\n1\t2, 3\n1\t2\t3\n") == """
        a.tsv:3: the row has 3 fields, the header 2
          fix: put fields with tabs in quotes, or add what is missing
        """)
    #expect(try problem("a.tsv", "text\n\"abc\t\n")?.hasPrefix("a.tsv:2: a quote") == true)
    #expect(try problem("a.csv", "text\n\"abc\n")?.hasPrefix("a.csv:2: a quote") == true)
    #expect(try problem("a.csv", "text\n\"a\"b\n")?.contains("after a closing quote") == true)
    #expect(try problem("a.csv", "a,a\n1,2\n")?.contains("'a' twice") == true)
  }

  @Test("Rows that there is no memory for are refused before they are read")
  func memory() throws {
    var index = TextIndex(mostRows: 2, mostBytes: 10)
    try index.append(0..<10)
    #expect(throws: DataError.Reason.rowTooLong(byteCount: 11, most: 10)) {
      try index.append(10..<21)
    }
    try index.append(21..<21)
    #expect(index.offsets == [0, 21])
    #expect(throws: DataError.Reason.tooManyRows(most: 2)) { try index.append(21..<22) }
  }

  @Test("Labels that are missing, no numbers or out of range")
  func labels() throws {
    func message(_ row: String, _ task: TrainingObjective = .classes(count: 2)) throws -> String? {
      try problem("a.jsonl", row) { try $0.stream(task: task) }
    }
    #expect(
      try message(#"{"text": "a", "labels": 1}"#) == """
        a.jsonl:1: the row has no label 'label', but 'text' and 'labels'
          fix: set 'label' to the field that holds it
        """)
    #expect(
      try message(#"{"text": "a", "label": "good"}"#)?.contains("'label' is 'good'") == true)
    #expect(
      try message(#"{"text": "a", "label": 2}"#) == """
        a.jsonl:1: the label 'label' is 2
          fix: labels are whole numbers from 0 to 1
        """)
    for row in [#"{"text": "a", "label": -1}"#, #"{"text": "a", "label": 0.5}"#] {
      #expect(try message(row)?.contains("whole numbers from 0 to 1") == true)
    }
    #expect(
      try message(#"{"text": "a", "label": [1]}"#, .multiLabel(count: 2))?.contains(
        "'label' has 1 number, the model 2 outputs") == true)
    #expect(
      try message(#"{"text": "a", "label": [1, 7]}"#, .multiLabel(count: 2))?.contains(
        "labels are from 0 to 1") == true)
    for text in ["\"nan\"", "1e999", "\"\"", "null"] {
      let row = #"{"text": "a", "label": \#(text)}"#
      #expect(try message(row, .regression(count: 1))?.contains("write labels as numbers") == true)
    }
  }

  @Test("Settings that do not go with the task or the file")
  func settings() throws {
    #expect(
      try problem("a.txt", "a") { try $0.stream(tokens: TokenSettings()) }?.contains(
        "texts need a tokenizer") == true)
    #expect(
      try problem("a.txt", "a") { try $0.stream(task: .decoderAnswer()) }?.contains("'target'")
        == true)
    #expect(
      try problem("a.txt", "a") { try $0.stream(packed: true, task: .classes(count: 2)) }?.contains(
        "'packed' means nothing to a classification") == true)
    #expect(
      try problem("a.txt", "a") { try $0.stream(task: .contrastive) }?.contains(
        "ends in .safetensors") == true)
    #expect(
      try DataFile(tokens: [1, 2]).message { try $0.stream(task: .decoderAnswer()) }?.contains(
        "such a file is not for a sequence-to-sequence model") == true)
  }

  @Test("A row without tokens, one beyond the vocabulary, and too little text to pack")
  func tokens() throws {
    #expect(
      try problem("a.jsonl", #"{"text": ""}"#) {
        try $0.stream(tokens: TokenSettings(tokenizer: .bytes))
      }?.hasPrefix("a.jsonl:1: the row has no tokens") == true)
    #expect(
      try problem("a.txt", "a\nz") {
        try $0.stream(tokens: TokenSettings(tokenizer: .bytes, vocabularySize: 100))
      } == """
        a.txt:2: a token of the text is 122, and the model knows tokens from 0 to 99
          fix: use the tokenizer that belongs to the model
        """)
    #expect(
      try problem("a.txt", "abc\nd") { try $0.stream(packed: true, length: 8) } == """
        a.txt: the file has 6 tokens, and one sequence takes 8
          fix: choose a smaller sequence_length, or give more text
        """)
  }

  @Test("A place in another file")
  func otherFile() throws {
    for position in [
      DataPosition(row: 1, rowCount: 2), DataPosition(row: 9), DataPosition(row: -1),
      DataPosition(epoch: -1), DataPosition(token: -1),
    ] {
      let message = try problem("a.txt", "a\nb\nc") { try $0.stream(at: position) }
      #expect(message?.contains("not the one that the run began with: it has 3 rows") == true)
    }
    #expect(
      try problem("a.txt", "abc\nb\nc") { try $0.stream(packed: true, at: DataPosition(token: 5)) }?
        .contains("not the one that the run began with") == true)
  }
}
