import PeftBasics
import Testing

@Suite("Files to read") struct OpenFileTests {
  private func refusal(of path: String, limit: Int = 8) -> String? {
    do {
      _ = try OpenFile(path).bytes(limit: limit)
      return nil
    } catch {
      return error.description
    }
  }

  @Test("What is no regular file is refused before it is read")
  func notRegular() {
    #expect(
      refusal(of: "/") == """
        /: this is a folder, not a file
          fix: name a file inside it
        """)
    #expect(
      refusal(of: "/dev/zero") == """
        /dev/zero: this is a device, a pipe or a socket
          fix: save it in a file, and name that
        """)
    #expect(
      refusal(of: "/no/such/file") == """
        /no/such/file: there is no such file
          fix: check the path
        """)
  }

  /// A file that claims to be empty, as all do there.
  private static let path = "/proc/self/comm"

  @Test(
    "A file is read up to its limit, also where it claims to be empty",
    .enabled(if: FileWriter.isThere(path)))
  func limit() throws {
    let path = Self.path
    let bytes = try OpenFile(path).bytes(limit: 64)
    #expect(try OpenFile(path).byteCount == 0)
    #expect(bytes.count > 1 && bytes.last == UInt8(ascii: "\n"))
    #expect(try OpenFile(path).bytes(limit: bytes.count) == bytes)
    #expect(
      refusal(of: path, limit: bytes.count - 1) == """
        \(path): the file has \(bytes.count) bytes, more than the \
        \(bytes.count - 1) bytes that are allowed
          fix: check that this is the right file
        """)
  }
}
