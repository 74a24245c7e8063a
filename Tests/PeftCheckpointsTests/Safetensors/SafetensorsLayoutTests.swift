import Foundation
import ModelGraph
import PeftBasics
import PeftCheckpoints
import PeftTensors
import Testing

@Suite("The layout of safetensors files") struct SafetensorsLayoutTests {
  typealias Entry = SafetensorsLayout.Entry

  /// The header, written out: what the lengths must add up to.
  private func header(_ layout: SafetensorsLayout, metadata: [String: String]) throws -> Data {
    func json(_ text: String) throws -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      return String(decoding: try encoder.encode(text), as: UTF8.self)
    }
    var parts: [String] = []
    if !metadata.isEmpty {
      let texts = try metadata.map { try "\(json($0)):\(json($1))" }.joined(separator: ",")
      parts.append(#""__metadata__":{\#(texts)}"#)
    }
    var offset = 0
    for entry in layout.entries {
      let end = offset + entry.shape.reduce(1, *) * entry.type.byteCount
      let shape = entry.shape.map(String.init).joined(separator: ",")
      parts.append(
        #"\#(try json(entry.name)):{"dtype":"\#(entry.type.rawValue)","#
          + #""shape":[\#(shape)],"data_offsets":[\#(offset),\#(end)]}"#)
      offset = end
    }
    var data = Data("{\(parts.joined(separator: ","))}".utf8)
    while data.count % 8 != 0 { data.append(UInt8(ascii: " ")) }
    return data
  }

  static let contents: [[Entry]] = [
    [],
    [Entry(name: "a", shape: [])],
    [Entry(name: "a", shape: [0, 3])],
    [Entry(name: "a", shape: [2, 3]), Entry(name: "b", shape: [10, 10, 10], type: .bfloat16)],
    [Entry(name: "", shape: [1]), Entry(name: "é/\"\\\n\t\u{1}\u{8}\u{c}\r", shape: [9, 9])],
    (0..<30).map { Entry(name: "layers.\($0).weight", shape: [$0 + 1, 7]) },
  ]

  @Test("Lengths are those of the file written out", arguments: contents.indices)
  func lengths(index: Int) throws {
    for metadata in [[:], ["format": "pt"], ["a": "1", "b": "x\"y"]] {
      let layout = try SafetensorsLayout(Self.contents[index], metadata: metadata)
      let header = try header(layout, metadata: metadata)
      #expect(layout.headerBytes == header.count)
      if metadata.count < 2 { #expect(Data(layout.header) == header) }
      #expect(layout.headerBytes % 8 == 0)
      let data = layout.entries.reduce(0) { $0 + $1.shape.reduce($1.type.byteCount, *) }
      #expect(layout.dataBytes == data)
      #expect(layout.fileBytes == 8 + header.count + data)
    }
  }

  @Test("Every length of a name is padded to the next multiple of eight")
  func padding() throws {
    let lengths = try (1...16).map { length in
      try SafetensorsLayout([Entry(name: String(repeating: "n", count: length), shape: [1])])
        .headerBytes
    }
    let rest =
      #"{"__metadata__":{"format":"pt"},"":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
      .utf8.count
    #expect(lengths == (1...16).map { ($0 + rest + 7) / 8 * 8 })
  }

  @Test("Tensors stand by type, wide ones first, then by name")
  func order() throws {
    let entries = ["b", "a", "a.b", "B", "é", "e\u{301}f"].flatMap { name in
      NumberType.allCases.map { Entry(name: "\(name) \($0)", shape: [1], type: $0) }
    }
    let names = try SafetensorsLayout(entries).entries.map(\.name)
    let types: [NumberType] = [
      .int64, .float64, .float32, .int32, .bfloat16, .float16, .uint16, .uint8, .bool,
    ]
    let expected = types.flatMap { type in
      ["B", "a", "a.b", "b", "e\u{301}f", "é"].map { "\($0) \(type)" }
    }
    #expect(names == expected)
  }

  @Test("Sizes that cannot be counted are an error, not a trap")
  func overflow() {
    for shape in [[Int.max], [1 << 31, 1 << 31], [.max, .max], [1 << 61]] {
      #expect(throws: SizeOverflow.self) {
        try SafetensorsLayout([Entry(name: "a", shape: shape)])
      }
    }
    let halves = ["a", "b"].map { Entry(name: $0, shape: [1 << 59]) }
    #expect(throws: SizeOverflow.self) { try SafetensorsLayout(halves) }
    #expect(throws: Never.self) { try SafetensorsLayout([halves[0]]) }
  }
}
