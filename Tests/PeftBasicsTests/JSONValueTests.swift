import Foundation
import OrderedCollections
import PeftBasics
import Testing

@Suite("JSON values") struct JSONValueTests {
  private static let odd: JSONValue = [
    "text": "a/\"b\\\u{8}\u{C}\n\r\t\u{0}\u{1B}\u{7F}\u{85}\u{2028}é😀", "": .null,
    "b": [true, false, -1, 0], "B": .list([]), "_": .map([:]), "é": [.list([]), .map([:])],
    "10": .list(
      [1, 1.5, -0.0, 1e16, 1e15, 1e-7, 2.2250738585072014e-308, 0.1, 123_456_789_012.5].map {
        .number($0)
      }),
    "9": ["x": ["y": ["z": [[[3]]]]]],
  ]

  private func read(_ text: String) throws -> JSONValue {
    try Array(text.utf8).withUnsafeBytes { try JSONValue($0) }
  }

  @Test("A report is laid out as Foundation does it")
  func report() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    for value in [Self.odd, .list([]), .map([:]), .text("x"), [[1]]] {
      let expected = String(decoding: try encoder.encode(Encoded(value: value)), as: UTF8.self)
      #expect(value.text(.report) == expected)
    }
  }

  @Test("One value in each layout")
  func layouts() {
    let value: JSONValue = [
      "b": [1, .number(2)], "a": .map([:]), "c": [.list([])], "n": .number(.nan),
    ]
    #expect(value.text(.compact) == #"{"b":[1,2.0],"a":{},"c":[[]],"n":null}"#)
    #expect(value.text(.line) == #"{"b": [1, 2.0], "a": {}, "c": [[]], "n": nan}"#)
    #expect(
      value.text(.indented) == """
        {
          "b": [
            1,
            2.0
          ],
          "a": {},
          "c": [
            []
          ],
          "n": null
        }
        """)
    #expect(
      value.text(.report) == """
        {
          "a" : {

          },
          "b" : [
            1,
            2
          ],
          "c" : [
            [

            ]
          ],
          "n" : null
        }
        """)
  }

  @Test("What is written is read back", arguments: [JSONStyle.compact, .indented, .report])
  func roundTrip(style: JSONStyle) throws {
    let read = try read(Self.odd.text(style))
    #expect(read["text"] == Self.odd["text"] && read["9"] == Self.odd["9"])
    let numbers = try #require(read["10"]?.elements)
    #expect(numbers.map(\.double) == Self.odd["10"]?.elements?.map(\.double))
    #expect(try self.read(read.text(style)) == read)
  }

  @Test("A number keeps its digits, and is what it says")
  func numbers() throws {
    for (text, integer, double) in [
      ("0", 0, 0.0), ("-12", -12, -12), ("9223372036854775807", Int.max, 0x1p63),
      ("9223372036854775808", nil, 0x1p63), ("1.50", nil, 1.5),
      ("1e3", nil, 1000),
      ("-0", nil, 0), ("3.0", nil, 3), ("1e999", nil, nil),
    ] as [(String, Int?, Double?)] {
      let value = try read(text)
      #expect(value.description == text && value.kind == "a number")
      #expect(value.integer == integer && value.double == double, "\(text)")
      #expect(value.word == text)
    }
    #expect(try read("3") == 3)
  }

  @Test("Of a name that is there twice the last value counts")
  func twice() throws {
    #expect(
      try read(#"{"a": 1, "b": 2, "a": {"c": 3}}"#).text(.line) == #"{"a": {"c": 3}, "b": 2}"#)
  }

  @Test("Members are there and of their kind, or named")
  func members() throws {
    let value: JSONValue = ["step": 3, "loss": .numeral("1.50"), "none": .null, "name": "x"]
    #expect(try value.required("step", \.integer) == 3)
    #expect(try value.required("step", \.double) == 3)
    #expect(try value.optional("loss", \.double) == 1.5)
    #expect(try value.optional("none", \.double) == nil)
    #expect(try value.optional("other", \.string) == nil)
    for name in ["name", "none", "other"] {
      let error = #expect(throws: JSONValue.WrongMember.self) {
        try value.required(name, \.integer)
      }
      #expect(error?.name == name)
    }
    #expect(throws: JSONValue.WrongMember.self) { try value.optional("name", \.integer) }
  }
}

/// A value as Foundation writes it.
private struct Encoded: Encodable {
  let value: JSONValue

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch value {
    case .null: try container.encodeNil()
    case .bool(let flag): try container.encode(flag)
    case .integer(let number): try container.encode(number)
    case .number(let number): try container.encode(number)
    case .numeral(let text), .text(let text): try container.encode(text)
    case .list(let list): try container.encode(list.map(Encoded.init))
    case .map(let map):
      try container.encode(
        Dictionary(uniqueKeysWithValues: map.map { ($0.key, Encoded(value: $0.value)) }))
    }
  }
}
