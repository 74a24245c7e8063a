import ModelDescription
import Testing

@Suite("JSON") struct JSONTests {
  private func read(_ text: String) throws -> DocumentNode {
    try DocumentReader.read(text: text, path: "config.json")
  }

  @Test("JSON gives the same values, however it is laid out")
  func layouts() throws {
    let compact = try read(#"{"a":1,"b":[true,null,-2.5e3],"c":{"d":"x"}}"#)
    let tabs = try read(
      "\t{\n\t\"a\":\t1,\n\t\"b\": [\n\t\ttrue,\n\t\tnull,\n\t\t-2.5e3\n\t],\n"
        + "\t\"c\":\t{\t\"d\": \"x\"\t}\n\t}\n")
    for node in [compact, tabs] {
      #expect(node["a"]?.integer == 1)
      #expect(
        node["b"]?.elements?.compactMap(\.scalar?.value) == [.bool(true), .null, .number(-2500)])
      #expect(node["c"]?["d"]?.string == "x")
    }
    #expect(tabs["a"]?.range.span == "2:7-2:8")
  }

  @Test("All of JSON's escapes are read, pairs of surrogates among them")
  func escapes() throws {
    let node = try read(
      #"{"a": "\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00", "b": "\\uD83D", "c": "\uD83D|\uDE00", "d": 7}"#)
    #expect(node["a"]?.string == "\"\\/\u{8}\u{C}\n\r\té😀")
    #expect(node["b"]?.string == "\\uD83D")
    #expect(node["c"]?.string == "\u{FFFD}|\u{FFFD}")
    #expect(node["d"]?.range.span == "1:88-1:89")
  }

  @Test("Characters that YAML refuses or takes for line ends may stand in text")
  func rawCharacters() throws {
    let text = "\u{7F}\u{85}\u{9B}\u{2028}\u{2029}\u{FEFF}\u{FFFE}\u{FFFF}\u{10FFFF}"
    let node = try read("{\"\(text)\": \"\(text)\",\n\"next\": 1}")
    #expect(node[text]?.string == text)
    #expect(node[text]?.range.span == "1:15-1:26")
    #expect(node["next"]?.range.span == "2:9-2:10")
  }

  @Test("Python's NaN, Infinity and -Infinity are numbers")
  func notFinite() throws {
    let node = try read(#"{"a": Infinity, "b": -Infinity, "c": NaN, "d": "NaN"}"#)
    #expect(node["a"]?.scalar?.value == .number(.infinity))
    #expect(node["b"]?.scalar?.value == .number(-.infinity))
    #expect(node["c"]?.kindName == "a number")
    #expect(node["d"]?.string == "NaN")
  }

  @Test("A configuration with thousands of labels is read")
  func longConfiguration() throws {
    let labels = (0..<22_000).map { #""\#($0)": "label \#($0)""# }.joined(separator: ", ")
    let node = try read(#"{"architectures": ["ViT"], "id2label": {"# + labels + "}}\n")
    #expect(node["id2label"]?.entries?.count == 22_000)
    #expect(node["id2label"]?["21999"]?.string == "label 21999")
  }

  @Test("A mistake is placed right behind characters that were replaced")
  func mistakeBehindPair() {
    let text = #"{"a": "\uD83D\uDE00", "b" 3}"#
    #expect(
      refusal(of: text, path: "config.json") == #"""
        config.json:1:27: ',' or '}' is expected in the mapping that starts at line 1, found '3'
            1 | {"a": "\uD83D\uDE00", "b" 3}
              |                           ^
          fix: put a ',' between entries, and close the mapping with '}'
        """#)
  }
}
