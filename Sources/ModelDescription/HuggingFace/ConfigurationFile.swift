import PeftBasics

/// A `config.json` as its text says it, and what is odd about that text.
struct ConfigurationFile {
  let root: DocumentNode
  private(set) var warnings: [ConfigurationWarning] = []

  /// - Parameter text: What to read instead of the file's content.
  /// - Throws: `DescriptionError`, with the line, where it is not JSON.
  init(path: String, text: String? = nil) throws(DescriptionError) {
    var duplicates: [DescriptionError] = []
    do throws(DescriptionError) {
      root = try DocumentReader.read(
        path: path, text: text, duplicates: &duplicates, lastCounts: true)
    } catch {
      // What stands in the way of YAML tells less than what stands in the way of JSON.
      if let file = error.range?.file { try Self.checkJSON(file) }
      throw error
    }
    try Self.checkJSON(root.range.file)
    warnings = duplicates.compactMap { duplicate in
      duplicate.range.map { ConfigurationWarning(.keyTwice(String($0.text)), at: $0) }
    }
  }

  /// YAML reads more than JSON: a file that another program refuses is told apart here.
  private static func checkJSON(_ file: SourceFile) throws(DescriptionError) {
    var text = file.text
    let found = text.withUTF8 { bytes -> (mistake: JSONMistake, offset: Int)? in
      var reader = JSONReader(UnsafeRawBufferPointer(bytes))
      do throws(JSONMistake) {
        try reader.skipValue()
        try reader.finish()
        return nil
      } catch {
        // Python writes these numbers, and reads them.
        let rest = bytes[min(error.offset, bytes.count)...]
        if rest.starts(with: "NaN".utf8) || rest.starts(with: "Infinity".utf8) { return nil }
        return (error, bytes.prefix(error.offset).count { $0 & 0xC0 != 0x80 })
      }
    }
    guard let (mistake, offset) = found else { return }
    let isPointer = text.hasPrefix("version https://git-lfs")
    throw DescriptionError(
      LoadingProblem.notJSON(mistake.whatIsWrong, isPointer: isPointer),
      at: SourceRange(file: file, from: offset, to: offset + 1))
  }
}
