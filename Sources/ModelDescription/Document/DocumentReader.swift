package import PeftBasics

/// Reads YAML and JSON: one document, as a tree of values that know where they were written.
///
/// JSON is read as the YAML that it almost is; `JSONText` closes the gap.
package enum DocumentReader {
  /// Reads a file.
  ///
  /// - Throws: `DescriptionError` about a `FileProblem` or a `DocumentProblem`.
  package static func read(
    path: String, limits: DocumentLimits = .standard
  ) throws(DescriptionError) -> DocumentNode {
    try read(bytes: bytes(of: path, limits), path: path, limits: limits)
  }

  /// Reads a text.
  ///
  /// - Parameter path: What messages call it.
  package static func read(
    text: String, path: String, limits: DocumentLimits = .standard
  ) throws(DescriptionError) -> DocumentNode {
    try read(bytes: Array(text.utf8), path: path, limits: limits)
  }

  /// Reads a file, or a text, for a caller that looks for further mistakes.
  ///
  /// - Parameters:
  ///   - text: What to read instead of the file's content.
  ///   - duplicates: Takes an error for each key that is written twice.
  ///   - lastCounts: Whether the last of equal keys counts; the first where not.
  package static func read(
    path: String, text: String? = nil, duplicates: inout [DescriptionError],
    lastCounts: Bool = false
  ) throws(DescriptionError) -> DocumentNode {
    let bytes =
      if let text { Array(text.utf8) } else { try Self.bytes(of: path, .standard) }
    return try read(
      bytes: bytes, path: path, limits: .standard, duplicates: &duplicates, lastCounts: lastCounts)
  }

  private static func bytes(
    of path: String, _ limits: DocumentLimits
  ) throws(DescriptionError) -> [UInt8] {
    do throws(FileReadError) {
      return try OpenFile(path).bytes(limit: limits.fileBytes)
    } catch {
      throw DescriptionError(FileProblem.unreadable(error.reason), path: path)
    }
  }

  private static func read(
    bytes: [UInt8], path: String, limits: DocumentLimits
  ) throws(DescriptionError) -> DocumentNode {
    var duplicates: [DescriptionError] = []
    let document: DocumentNode
    do throws(DescriptionError) {
      document = try read(bytes: bytes, path: path, limits: limits, duplicates: &duplicates)
    } catch {
      throw duplicates.first ?? error
    }
    if let first = duplicates.first { throw first }
    return document
  }

  private static func read(
    bytes: [UInt8], path: String, limits: DocumentLimits, duplicates: inout [DescriptionError],
    lastCounts: Bool = false
  ) throws(DescriptionError) -> DocumentNode {
    guard bytes.count <= limits.fileBytes else {
      let reason = FileReadError.Reason.tooLarge(bytes: bytes.count, limit: limits.fileBytes)
      throw DescriptionError(FileProblem.unreadable(reason), path: path)
    }
    let file = try SourceFile(decoding: bytes, path: path)
    if let line = file.lineWithTagDirective() {
      throw DescriptionError(DocumentProblem.directive("%TAG"), at: line)
    }
    var builder = DocumentBuilder(file: file, limits: limits, lastCounts: lastCounts)
    defer { duplicates = builder.duplicates }
    do {
      return try builder.document()
    } catch let error as DescriptionError {
      throw error
    } catch let failure as EventStream.Failure {
      throw builder.syntaxError(failure)
    } catch {
      throw DescriptionError(FileProblem.unreadable(.unreadable("\(error)")), path: path)
    }
  }
}

extension SourceFile {
  /// Decodes UTF-8, with or without a byte order mark, and refuses everything else.
  convenience init(decoding bytes: [UInt8], path: String) throws(DescriptionError) {
    let marks: [([UInt8], String)] = [
      ([0xFF, 0xFE, 0, 0], "UTF-32"), ([0, 0, 0xFE, 0xFF], "UTF-32"),
      ([0xFF, 0xFE], "UTF-16"), ([0xFE, 0xFF], "UTF-16"),
    ]
    for (mark, name) in marks where bytes.starts(with: mark) {
      throw DescriptionError(FileProblem.otherEncoding(name: name), path: path)
    }
    guard !bytes.contains(0) else { throw DescriptionError(FileProblem.binary, path: path) }
    let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    let text = String(decoding: content, as: UTF8.self)
    self.init(path: path, text: text)
    // Decoding puts U+FFFD where bytes make no sense: the first difference is the first bad byte.
    let same = zip(content, text.utf8).prefix { $0 == $1 }
    var (characters, sameBytes) = (0, 0)
    for (byte, _) in same {
      sameBytes += 1
      if byte & 0xC0 != 0x80 { characters += 1 }
    }
    guard sameBytes == content.count else {
      let range = SourceRange(file: self, from: characters, to: characters + 1)
      throw DescriptionError(FileProblem.invalidUTF8, at: range)
    }
  }

  /// The first line that is a `%TAG` directive. libyaml takes quadratic time over many of them.
  fileprivate func lineWithTagDirective() -> SourceRange? {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return nil }
    for number in 1...lineCount {
      guard let line = line(number), line.hasPrefix("%TAG") else { continue }
      let start = characterOffset(ofLine: number)
      return SourceRange(file: self, from: start, to: start + line.unicodeScalars.count)
    }
    return nil
  }
}
