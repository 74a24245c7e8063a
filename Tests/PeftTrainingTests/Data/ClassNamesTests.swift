import PeftTestSupport
import Testing

@testable import PeftTraining

@Suite("The classes of labels") struct ClassNamesTests {
  @Test(
    "Names are sorted by code points; whole numbers are their own names",
    arguments: [
      (["\"b\"", "\"a\"", "\"B\"", "\"a\"", "\"é\""], ["B", "a", "b", "é"]),
      (["2", "0"], ["0", "1", "2"]),
      (["\"1\"", "\"0\""], ["0", "1"]),
      (["true", "false"], ["false", "true"]),
      (["1", "\"x\""], ["1", "x"]),
    ])
  func found(labels: [String], expected: [String]) throws {
    let rows = labels.map { #"{"label": \#($0)}"# }.joined(separator: "\n")
    let file = try DataFile("a.jsonl", rows)
    #expect(
      try ClassNames.auto.names(in: [file.path], field: "label", .standard) == expected)
  }

  @Test("Those of a command line have commas between")
  func commandLine() {
    #expect(ClassNames("auto") == .auto)
    #expect(ClassNames("a, b c,d") == .names(["a", "b c", "d"]))
  }

  @Test("A field with as many values as rows names no classes")
  func tooMany() throws {
    let rows = (0...10_000).map { #"{"label": "\#($0) x"}"# }.joined(separator: "\n")
    let file = try DataFile("a.jsonl", rows)
    #expect(
      file.folder.message {
        _ = try ClassNames.auto.names(in: [file.path], field: "label", .standard)
      } == """
        a.jsonl: the labels have more than 10,000 different values
          fix: set 'label' to the field that holds the class
        """)
  }
}
