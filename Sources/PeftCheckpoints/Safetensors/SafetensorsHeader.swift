import PeftBasics

/// What a safetensors file says about its tensors, checked against its length.
///
/// Checks run in the order of the file and stop at the first mistake: after one, the rest of a binary
/// file has no meaning. Nothing that the header claims is allocated before it is known to be there.
struct SafetensorsHeader {
  /// A tensor and where its bytes lie, counted from the end of the header.
  struct Entry: Sendable {
    let name: String
    let info: TensorInfo
    let range: Range<Int>
  }

  private(set) var metadata: [String: String] = [:]
  /// The tensors in the order of their bytes.
  private(set) var entries: [Entry] = []
  private(set) var indices: [String: Int] = [:]
  /// Bytes of the file before the first tensor's.
  let dataStart: Int

  /// As long as the reference implementation allows.
  static let mostBytes = 100_000_000
  /// As many as PyTorch allows.
  static let mostAxes = 64

  /// - Parameters:
  ///   - file: All bytes of the file.
  ///   - isWhole: Whether the bytes of all tensors have to be there.
  /// - Throws: `SafetensorsError.Reason`.
  init(file: UnsafeRawBufferPointer, isWhole: Bool = true) throws(SafetensorsError.Reason) {
    dataStart = try Self.dataStart(file)
    // Of a file that need not be whole, offsets are checked against each other alone.
    let dataBytes = isWhole ? file.count - dataStart : Int.max - dataStart
    do {
      try read(UnsafeRawBufferPointer(rebasing: file[8..<dataStart]), dataBytes: dataBytes)
    } catch let mistake as JSONMistake {
      throw .headerNotJSON(mistake)
    } catch let reason as SafetensorsError.Reason {
      throw reason
    } catch {
      preconditionFailure("\(error)")
    }
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    try checkCover(isWhole ? dataBytes : nil)
    indices.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() { indices[entry.name] = index }
  }

  private static func dataStart(
    _ file: UnsafeRawBufferPointer
  ) throws(SafetensorsError.Reason) -> Int {
    guard !file.isEmpty else { throw .empty }
    guard file.count >= 8 else { throw .shorterThanLength(bytes: file.count) }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard length <= file.count - 8 else {
      if file.starts(with: "version https://git-lfs".utf8) { throw .pointer }
      throw .headerPastEnd(header: length, available: file.count - 8)
    }
    guard length <= mostBytes else { throw .headerTooLong(header: length, limit: mostBytes) }
    guard length > 0, file[8] == UInt8(ascii: "{") else { throw .headerWithoutBrace }
    return 8 + Int(length)
  }

  private mutating func read(_ text: UnsafeRawBufferPointer, dataBytes: Int) throws {
    var reader = JSONReader(text)
    var names = Set<String>()
    var hasMetadata = false
    try reader.enterObject()
    while let name = try reader.nextName() {
      if name == "__metadata__" {
        guard !hasMetadata else { throw SafetensorsError.Reason.metadataTwice(key: nil) }
        hasMetadata = true
        // The reference takes null for none.
        if try reader.kind() == .null { try reader.skipValue() } else { try readMetadata(&reader) }
      } else {
        guard names.insert(name).inserted else { throw SafetensorsError.Reason.tensorTwice(name) }
        var fields = SafetensorsFields(tensor: name)
        try fields.read(&reader)
        entries.append(try fields.entry(dataBytes: dataBytes))
      }
    }
    try reader.finish()
  }

  private mutating func readMetadata(_ reader: inout JSONReader) throws {
    let kind = try reader.kind()
    // The reference implementation takes null for none.
    if kind == .null { return try reader.skipValue() }
    guard kind == .object else {
      throw SafetensorsError.Reason.metadataKind(key: nil, found: kind.rawValue)
    }
    try reader.enterObject()
    while let key = try reader.nextName() {
      let kind = try reader.kind()
      guard kind == .text else {
        throw SafetensorsError.Reason.metadataKind(key: key, found: kind.rawValue)
      }
      guard metadata.updateValue(try reader.text(), forKey: key) == nil else {
        throw SafetensorsError.Reason.metadataTwice(key: key)
      }
    }
  }

  /// Every byte of the data belongs to one tensor.
  /// - Parameter dataBytes: Nil where the data need not be there.
  private func checkCover(_ dataBytes: Int?) throws(SafetensorsError.Reason) {
    var end = 0
    var last = ""
    for entry in entries {
      let start = entry.range.lowerBound
      guard start >= end else { throw .overlap(tensor: entry.name, with: last) }
      guard start == end else { throw .hole(bytes: start - end, before: entry.name) }
      (end, last) = (entry.range.upperBound, entry.name)
    }
    if let dataBytes, end != dataBytes { throw .bytesLeftOver(dataBytes - end) }
  }
}
