import PeftBasics

/// Tokens of 2 or 4 bytes each, little-endian and without a sign.
struct TokenBytesFormat: TokenFormat {
  let ending = ".bin"
  let summary = "Tokens of 2 bytes each; of 4 in .u32.bin."

  func tokens(in path: String) throws -> StoredTokens {
    let byteCount = path.lowercased().hasSuffix(".u32.bin") ? 4 : 2
    let file = try MappedFile(path: path)
    guard !file.bytes.isEmpty else { throw DataError(.emptyFile, path: path) }
    guard file.bytes.count.isMultiple(of: byteCount) else {
      let reason = DataError.Reason.partialToken(
        byteCount: file.bytes.count, tokenBytes: byteCount)
      throw DataError(reason, path: path)
    }
    return StoredTokens(count: file.bytes.count / byteCount, rowLength: nil) { range in
      range.map { index in
        (0..<byteCount).reduce(0) { $0 | Int(file.bytes[index * byteCount + $1]) << ($1 * 8) }
      }
    }
  }
}
