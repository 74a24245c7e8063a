import ModelDescription
import PeftBasics
import Testing

@Suite("Documents") struct DocumentReaderTests {
  @Test("Unquoted text means what YAML 1.2's core schema says")
  func coreSchema() throws {
    let meanings: [(String, Scalar.Value)] = [
      ("", .null), ("~", .null), ("null", .null), ("true", .bool(true)), ("False", .bool(false)),
      ("yes", .string("yes")), ("no", .string("no")), ("on", .string("on")), ("y", .string("y")),
      ("768", .integer(768)), ("-3", .integer(-3)), ("+12", .integer(12)), ("007", .integer(7)),
      ("0x1F", .integer(31)), ("0o17", .integer(15)), ("0x", .string("0x")),
      ("-0x1", .string("-0x1")), ("1_000", .string("1_000")), ("1e-5", .number(1e-5)),
      ("1.", .number(1)), (".5", .number(0.5)), ("+.5e1", .number(5)), (".inf", .number(.infinity)),
      ("-.INF", .number(-.infinity)), (".", .string(".")), ("1e", .string("1e")),
      ("1.5.2", .string("1.5.2")), ("NaN", .string("NaN")), ("3 * $width", .string("3 * $width")),
      ("9223372036854775807", .integer(.max)),
      ("9223372036854775808", .tooLarge("9223372036854775808")),
      ("0xFFFFFFFFFFFFFFFFF", .tooLarge("0xFFFFFFFFFFFFFFFFF")), ("1e400", .tooLarge("1e400")),
      ("'768'", .string("768")), ("\"true\"", .string("true")),
    ]
    for (text, meaning) in meanings {
      #expect(try scalar("key", in: "key: \(text)\n") == meaning, "\(text)")
    }
    guard case .number(let number) = try scalar("key", in: "key: .nan") else {
      Issue.record(".nan is no number")
      return
    }
    #expect(number.isNaN)
  }

  @Test("Every value and every key knows where it was written")
  func ranges() throws {
    let text = """
      # sizes
      dimensions: {width: 768, é: "日本"}
      graph:
        - add: {from: [x,
            y]}

      name: gpt2
      """
    let node = try DocumentReader.read(text: text, path: "model.yaml")
    let dimensions = try #require(node.entry("dimensions"))
    let graph = try #require(node["graph"])
    #expect(dimensions.keyRange.span == "2:1-2:11")
    #expect(dimensions.value.range.span == "2:13-2:34")
    #expect(dimensions.value["width"]?.range.span == "2:21-2:24")
    #expect(dimensions.value["é"]?.range.span == "2:29-2:33")
    #expect(dimensions.value.entry("é")?.keyRange.text == "é")
    #expect(graph.range.span == "4:3-5:10")
    #expect(graph.elements?.first?["add"]?["from"]?.range.span == "4:17-5:9")
    #expect(node["name"]?.range.location.description == "model.yaml:7:7")
    #expect(node["name"]?.range.file.line(2) == "dimensions: {width: 768, é: \"日本\"}")
  }

  @Test("Windows line ends and a byte order mark change nothing, positions included")
  func otherLineEnds() throws {
    let text = "\u{FEFF}name: gpt2\r\ngraph:\r\n  - x\r\n  - 'y'\r\n"
    let node = try DocumentReader.read(text: text, path: "model.yaml")
    #expect(node["name"]?.string == "gpt2")
    #expect(node["name"]?.range.span == "1:7-1:11")
    #expect(node["graph"]?.elements?.map(\.range.span) == ["3:5-3:6", "4:5-4:8"])
    #expect(node.range.file.line(3) == "  - x")
  }

  @Test("Aliases repeat the value of their anchor")
  func aliases() throws {
    let text = "a: &sizes [1, 2]\nb: *sizes\nc: &name x\n*name : 3\n"
    let node = try DocumentReader.read(text: text, path: "model.yaml")
    #expect(node["b"]?.elements?.compactMap(\.integer) == [1, 2])
    #expect(node["b"]?.range == node["a"]?.range)
    #expect(node["x"]?.integer == 3)
  }

  @Test("A part of a scalar has its own range, unless it was written another way")
  func partsOfScalars() throws {
    let text = "plain: 3 * $width\nquoted: '3 * $width'\nescaped: \"3 \\x2A $width\"\n"
    let node = try DocumentReader.read(text: text, path: "model.yaml")
    #expect(node["plain"]?.range(ofCharacters: 4..<10).span == "1:12-1:18")
    #expect(node["quoted"]?.range(ofCharacters: 4..<10).span == "2:14-2:20")
    #expect(node["escaped"]?.range(ofCharacters: 4..<10).span == "3:10-3:25")
    #expect(node["plain"]?.range(ofCharacters: 4..<99).span == "1:8-1:18")
  }

  @Test("Kinds have names that fit into a sentence")
  func kindNames() throws {
    let node = try DocumentReader.read(
      text: "[{}, [], 1, 1.5, true, x, ~, 1e999]", path: "model.yaml")
    #expect(
      node.elements?.map(\.kindName) == [
        "a mapping", "a list", "a whole number", "a number", "true or false", "text", "nothing",
        "a number that is too large",
      ])
  }
}
