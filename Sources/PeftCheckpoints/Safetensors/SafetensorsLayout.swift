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
    var places: [Range<Int>] = []
    var offset = 0
    for entry in self.entries {
      let count = try entry.shape.checkedProduct()
      let (bytes, tooWide) = count.multipliedReportingOverflow(by: entry.type.byteCount)
      let (end, tooLong) = offset.addingReportingOverflow(bytes)
      guard !tooWide, !tooLong, end < 1 << 62 else {
        throw SizeOverflow(counting: "the size of the file")
      }
      places.append(offset..<end)
      offset = end
    }
    header = Self.header(zip(self.entries, places), metadata)
    dataBytes = offset
  }

  private static func header(
    _ entries: some Sequence<(Entry, Range<Int>)>, _ metadata: [String: String]
  ) -> [UInt8] {
    var writer = JSONWriter(.compact)
    writer.object { writer in
      if !metadata.isEmpty { writer.add(metadata) }
      for (entry, place) in entries { writer.add(entry, at: place) }
    }
    var header = writer.bytes
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    return header
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
extension JSONWriter {
  /// `"__metadata__":{"format":"pt"}`
  fileprivate mutating func add(_ metadata: [String: String]) {
    let sorted = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    member("__metadata__")
    object { writer in
      for (name, text) in sorted { writer.member(name, .text(text)) }
    }
  }

  /// `"NAME":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}`
  fileprivate mutating func add(_ entry: SafetensorsLayout.Entry, at range: Range<Int>) {
    member(entry.name)
    object { writer in
      writer.member("dtype", .text(entry.type.rawValue))
      writer.member("shape", .list(entry.shape.map { .integer($0) }))
      writer.member(
        "data_offsets", .list([.integer(range.lowerBound), .integer(range.upperBound)]))
    }
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
