import ModelGraph
public import PeftBasics
public import PeftTensors

/// Where tensors lie in a safetensors file, known from their names and shapes alone.
///
/// The file is eight bytes of header length, the header in JSON padded to a multiple of eight, and
/// the tensors one after another: by element type, wide ones first, then by name.
/// - SeeAlso: https://huggingface.co/docs/safetensors, "Format".
public struct SafetensorsLayout: Sendable {
  /// One tensor of the file.
  public struct Entry: Hashable, Sendable {
    public let name: String
    public let shape: [Int]
    public let type: NumberType

    public init(name: String, shape: [Int], type: NumberType = .float32) {
      self.name = name
      self.shape = shape
      self.type = type
    }
  }

  /// The tensors in the order in which they are stored.
  public let entries: [Entry]
  /// The header as it is written, with its padding, without the eight bytes that state its length.
  package let header: [UInt8]
  /// The tensors' lengths in bytes, added up.
  public let dataBytes: Int

  /// The header's length in bytes, with its padding, without the eight bytes that state it.
  public var headerBytes: Int { header.count }

  /// The file's length in bytes.
  public var fileBytes: Int { 8 + headerBytes + dataBytes }

  /// - Parameter metadata: Texts about the file, by name.
  /// - Throws: `SizeOverflow` where the file would be longer than 2⁶² bytes.
  public init(
    _ entries: [Entry], metadata: [String: String] = ["format": "pt"]
  ) throws(SizeOverflow) {
    self.entries = entries.sorted {
      $0.type == $1.type ? $0.precedes($1) : $0.type.rank > $1.type.rank
    }
    var header = HeaderText()
    if !metadata.isEmpty { header.add(metadata) }
    var offset = 0
    for entry in self.entries {
      let count = try entry.shape.checkedProduct()
      let (bytes, tooWide) = count.multipliedReportingOverflow(by: entry.type.byteCount)
      let (end, tooLong) = offset.addingReportingOverflow(bytes)
      guard !tooWide, !tooLong, end < 1 << 62 else {
        throw SizeOverflow(counting: "the size of the file")
      }
      header.add(entry, at: offset..<end)
      offset = end
    }
    self.header = header.finished()
    dataBytes = offset
  }
}

extension SafetensorsLayout.Entry {
  /// The order of names in the file is that of their bytes.
  fileprivate func precedes(_ other: Self) -> Bool {
    name.utf8.lexicographicallyPrecedes(other.name.utf8)
  }
}

/// A header's JSON, one member after another, letter for letter as the reference writes it; only
/// that metadata are sorted, which the reference leaves in any order.
private struct HeaderText {
  private var bytes = Array("{".utf8)

  /// `"__metadata__":{"format":"pt"}`
  mutating func add(_ metadata: [String: String]) {
    begin("__metadata__")
    var separator = "{"
    for (key, value) in metadata.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    {
      bytes += separator.utf8
      bytes.appendJSON(key)
      bytes += ":".utf8
      bytes.appendJSON(value)
      separator = ","
    }
    bytes += "}".utf8
  }

  /// `"NAME":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}`
  mutating func add(_ entry: SafetensorsLayout.Entry, at range: Range<Int>) {
    begin(entry.name)
    let shape = entry.shape.map(String.init).joined(separator: ",")
    bytes += #"{"dtype":"\#(entry.type.rawValue)","shape":[\#(shape)],"#.utf8
    bytes += #""data_offsets":[\#(range.lowerBound),\#(range.upperBound)]}"#.utf8
  }

  private mutating func begin(_ name: String) {
    if bytes.count > 1 { bytes += ",".utf8 }
    bytes.appendJSON(name)
    bytes += ":".utf8
  }

  consuming func finished() -> [UInt8] {
    bytes += "}".utf8
    while bytes.count % 8 != 0 { bytes.append(UInt8(ascii: " ")) }
    return bytes
  }
}

extension NumberType {
  /// Where the format's own list of types has this one; later ones are stored first.
  fileprivate var rank: Int {
    switch self {
    case .bool: 0
    case .uint8: 1
    case .uint16: 2
    case .float16: 3
    case .bfloat16: 4
    case .int32: 5
    case .float32: 6
    case .float64: 7
    case .int64: 8
    }
  }
}
