public import ModelGraph

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
    public let element: ElementType

    public init(name: String, shape: [Int], element: ElementType = .float32) {
      self.name = name
      self.shape = shape
      self.element = element
    }
  }

  /// The tensors in the order in which they are stored.
  public let entries: [Entry]
  /// The header's length in bytes, with its padding, without the eight bytes that state it.
  public let headerBytes: Int
  /// The tensors' lengths in bytes, added up.
  public let dataBytes: Int

  /// The file's length in bytes.
  public var fileBytes: Int { 8 + headerBytes + dataBytes }

  /// - Parameter metadata: Texts about the file, by name.
  /// - Throws: `SizeOverflow` where the file would be longer than 2⁶² bytes.
  public init(
    _ entries: [Entry], metadata: [String: String] = ["format": "pt"]
  ) throws(SizeOverflow) {
    self.entries = entries.sorted {
      $0.element == $1.element
        ? $0.name < $1.name : $0.element.safetensorsRank > $1.element.safetensorsRank
    }
    var offset = 0
    var header = 2 + Self.metadataBytes(metadata)
    for (index, entry) in self.entries.enumerated() {
      let count = try entry.shape.checkedProduct()
      let (bytes, tooWide) = count.multipliedReportingOverflow(by: entry.element.byteCount)
      let (end, tooLong) = offset.addingReportingOverflow(bytes)
      guard !tooWide, !tooLong, end < 1 << 62 else {
        throw SizeOverflow(counting: "the size of the file")
      }
      header += Self.headerBytes(entry, from: offset, to: end) + (index == 0 ? 0 : 1)
      offset = end
    }
    if !metadata.isEmpty, !entries.isEmpty { header += 1 }
    headerBytes = (header + 7) / 8 * 8
    dataBytes = offset
  }

  /// `"NAME":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}`
  private static func headerBytes(_ entry: Entry, from start: Int, to end: Int) -> Int {
    let shape = entry.shape.reduce(max(0, entry.shape.count - 1)) { $0 + digits($1) }
    return #""":{"dtype":"","shape":[],"data_offsets":[,]}"#.utf8.count + escaped(entry.name)
      + entry.element.safetensorsName.utf8.count + shape + digits(start) + digits(end)
  }

  /// `"__metadata__":{"format":"pt"}`
  private static func metadataBytes(_ metadata: [String: String]) -> Int {
    guard !metadata.isEmpty else { return 0 }
    let texts = metadata.reduce(0) { $0 + escaped($1.key) + escaped($1.value) + 5 }
    return #""__metadata__":{}"#.utf8.count + texts + metadata.count - 1
  }

  /// The bytes of a text inside JSON's quotes.
  private static func escaped(_ text: String) -> Int {
    text.utf8.reduce(0) { count, byte in
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), 8, 9, 10, 12, 13: count + 2
      case ..<0x20: count + 6
      default: count + 1
      }
    }
  }

  private static func digits(_ number: Int) -> Int {
    var (rest, count) = (number / 10, 1)
    while rest > 0 { (rest, count) = (rest / 10, count + 1) }
    return count
  }
}

extension ElementType {
  /// Where the format's own list of types has this one; later ones are stored first.
  fileprivate var safetensorsRank: Int {
    switch self {
    case .mask: 0
    case .float16: 1
    case .bfloat16: 2
    case .float32: 3
    case .index: 4
    }
  }

  /// The type's name in a safetensors header.
  public var safetensorsName: String {
    switch self {
    case .float32: "F32"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .index: "I64"
    case .mask: "BOOL"
    }
  }
}
