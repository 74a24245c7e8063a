import Foundation
import PeftBasics
import PeftCheckpoints
import PeftTestSupport
import Testing

@Suite("Safetensors files that are wrong") struct SafetensorsProblemTests {
  struct Case: CustomTestStringConvertible {
    let file: [UInt8]
    let problem: String
    let fix: String
    var testDescription: String { problem }

    init(_ file: [UInt8], _ problem: String, fix: String = Case.rewrite) {
      self.file = file
      self.problem = problem
      self.fix = fix
    }

    init(_ header: String, data: Int = 8, _ problem: String, fix: String = Case.rewrite) {
      self.init(RawSafetensors.file(header, data: data), problem, fix: fix)
    }

    static let rewrite = "write the file again, with the 'safetensors' package for example"
    static let again = "download or copy the file again"
    static let check = "check that this is a safetensors file"
  }

  private typealias Raw = RawSafetensors

  static let frames = [
    Case([], "the file is empty", fix: Case.again),
    Case([1], "the file has 1 byte, and a safetensors file starts with 8", fix: Case.again),
    Case([1, 2, 3], "the file has 3 bytes, and a safetensors file starts with 8", fix: Case.again),
    Case(
      Raw.file("{}", length: 3), "the header should have 3 bytes, and only 2 follow",
      fix: "\(Case.check); if it is, \(Case.again)"),
    Case(
      Raw.file("{}", length: .max),
      "the header should have 18446744073709551615 bytes, and only 2 follow",
      fix: "\(Case.check); if it is, \(Case.again)"),
    Case(
      Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n".utf8),
      "this is Git LFS's note about the file, not the file",
      fix: "fetch it with 'git lfs pull'"),
    Case("", "the header does not start with '{'", fix: Case.check),
    Case("[]", "the header does not start with '{'", fix: Case.check),
    Case(" {}", "the header does not start with '{'", fix: Case.check),
  ]

  static let syntax = [
    Case("{", "the header is not JSON: byte 1: it ends where '\"' is expected"),
    Case("{}x", "the header is not JSON: byte 2: more after the end"),
    Case("{}\0", "the header is not JSON: byte 2: more after the end"),
    Case("{a:1}", "the header is not JSON: byte 1: 'a' where '\"' is expected"),
    Case(#"{"a" 1}"#, "the header is not JSON: byte 5: '1' where ':' is expected"),
    Case(#"{"a":}"#, "the header is not JSON: byte 5: '}' where a value is expected"),
    Case(
      "{\(Raw.entry("a")),}", "the header is not JSON: byte 54: '}' where '\"' is expected"),
    Case(
      "{\(Raw.entry("a")) \(Raw.entry("b"))}",
      "the header is not JSON: byte 54: '\"' where ',' or '}' is expected"),
    Case(#"{"a\x":1}"#, "the header is not JSON: byte 3: an escape that JSON does not have"),
    Case(#"{"\uD83D":1}"#, "the header is not JSON: byte 2: an escape that JSON does not have"),
    Case(#"{"\u12"#, "the header is not JSON: byte 2: an escape that JSON does not have"),
    Case("{\"a\n\":1}", "the header is not JSON: byte 3: a control character inside a text"),
    Case(
      Raw.file(Array("{\"a".utf8) + [0xFF] + Array("\":1}".utf8)),
      "the header is not JSON: byte 2: a text that is not UTF-8"),
    Case(
      Raw.file(Array("{\"\\n".utf8) + [0xED, 0xA0, 0x80] + Array("\":1}".utf8)),
      "the header is not JSON: byte 2: a text that is not UTF-8"),
    Case(
      Raw.file(Array("{".utf8) + [0xFF]),
      "the header is not JSON: byte 1: the byte 0xFF where '\"' is expected"),
    Case(
      #"{"a":{"more":"# + String(repeating: "[", count: 100_000),
      "the header is not JSON: byte 77: more than 64 levels of brackets"),
    Case(
      #"{"a":{"more":truE}}"#, "the header is not JSON: byte 16: 'E' where 'true' is expected"),
    Case(
      #"{"a":{"shape":[1.]}}"#, "the header is not JSON: byte 17: ']' where a digit is expected"),
    Case(
      #"{"a":{"shape":[01]}}"#, "the header is not JSON: byte 16: '1' where ',' or ']' is expected"),
  ]

  static let contents = [
    Case(
      #"{"__metadata__":[]}"#, "'__metadata__' is a list; a map of texts is expected"),
    Case(
      #"{"__metadata__":{"step":7}}"#, "'step' in '__metadata__' is a number; a text is expected",
      fix: "write numbers and the like as texts"),
    Case(#"{"__metadata__":{},"__metadata__":{}}"#, "'__metadata__' is there twice"),
    Case(#"{"__metadata__":{"a":"","a":""}}"#, "'a' is in '__metadata__' twice"),
    Case(#"{"a":null}"#, "tensor 'a' is null; an object is expected"),
    Case(
      "{\(Raw.entry("a")),\(Raw.entry("a"))}", "there are two tensors 'a'",
      fix: "give each its own name"),
    Case(
      #"{"a":{"shape":[1],"shape":[1]}}"#, "tensor 'a' has 'shape' twice"),
    Case(#"{"a":{"dtype":"F32","dtype":"F32"}}"#, "tensor 'a' has 'dtype' twice"),
    Case(#"{"a":{}}"#, "tensor 'a' has no 'dtype'"),
    Case(#"{"a":{"dtype":"F32"}}"#, "tensor 'a' has no 'shape'"),
    Case(#"{"a":{"dtype":"F32","shape":[2]}}"#, "tensor 'a' has no 'data_offsets'"),
    Case(#"{"a":{"dtype":32}}"#, "'dtype' of tensor 'a' holds a number; a text is expected"),
    Case(
      #"{"a":{"shape":"2"}}"#,
      "'shape' of tensor 'a' holds a text; a list of whole numbers is expected"),
    Case(
      #"{"a":{"shape":[[2]]}}"#,
      "'shape' of tensor 'a' holds a list in a list; a list of whole numbers is expected"),
    Case(
      #"{"a":{"data_offsets":{}}}"#,
      "'data_offsets' of tensor 'a' holds an object; a list of whole numbers is expected"),
    Case(
      "{\(Raw.entry("a", type: "F8_E4M3"))}", "tensor 'a' is of type 'F8_E4M3'",
      fix: "convert it to one of F64, F32, F16, BF16, I64, I32, U16, U8, BOOL"),
    Case(
      #"{"\u001b[31m":{"dtype":"\u0007"}}"#, #"tensor '\u{1b}[31m' is of type '\u{7}'"#,
      fix: "convert it to one of F64, F32, F16, BF16, I64, I32, U16, U8, BOOL"),
  ]

  static let sizes =
    ["-1", "2.0", "1e3", "9223372036854775808", "99999999999999999999"].flatMap { number in
      [
        Case(
          "{\(Raw.entry("a", shape: "[\(number)]"))}", "'shape' of tensor 'a' holds \(number)",
          fix: "use whole numbers from 0 to 2^63 - 1"),
        Case(
          "{\(Raw.entry("a", offsets: "[0,\(number)]"))}",
          "'data_offsets' of tensor 'a' holds \(number)",
          fix: "use whole numbers from 0 to 2^63 - 1"),
      ]
    } + [
      Case(
        "{\(Raw.entry("a", shape: "[\(String(repeating: "9", count: 50))]"))}",
        "'shape' of tensor 'a' holds \(String(repeating: "9", count: 40))…",
        fix: "use whole numbers from 0 to 2^63 - 1"),
      Case(
        "{\(Raw.entry("a", shape: "[\(String(repeating: "1,", count: 64))1]"))}",
        "tensor 'a' has more than 64 axes", fix: "give it fewer"),
      Case(
        "{\(Raw.entry("a", shape: "[4294967296,4294967296]"))}",
        "the size of tensor 'a', [4294967296, 4294967296], is beyond 2^63"),
      Case(
        "{\(Raw.entry("a", shape: "[2305843009213693952]"))}",
        "the size of tensor 'a', [2305843009213693952], is beyond 2^63"),
    ]

  static let places = [
    Case(
      "{\(Raw.entry("a", offsets: "[0]"))}", "'data_offsets' of tensor 'a' holds 1 number",
      fix: "give two: where it begins, and where it ends"),
    Case(
      "{\(Raw.entry("a", offsets: "[0,8,8]"))}", "'data_offsets' of tensor 'a' holds 3 numbers",
      fix: "give two: where it begins, and where it ends"),
    Case("{\(Raw.entry("a", offsets: "[8,0]"))}", "tensor 'a' ends at 0, before it begins at 8"),
    Case("{\(Raw.entry("a", offsets: "[0,7]"))}", "tensor 'a', F32 [2], has 7 bytes; it needs 8"),
    Case(
      "{\(Raw.entry("a", shape: "[3,0]"))}", "tensor 'a', F32 [3, 0], has 8 bytes; it needs 0"),
    Case(
      "{\(Raw.entry("a"))}", data: 7,
      "tensor 'a' ends at byte 8 of the data, of which there are 7",
      fix: "the file is incomplete: \(Case.again)"),
    Case(
      "{\(Raw.entry("a", offsets: "[9223372036854775799,9223372036854775807]"))}",
      "tensor 'a' ends at byte 9223372036854775807 of the data, of which there are 8",
      fix: "the file is incomplete: \(Case.again)"),
    Case(
      "{\(Raw.entry("b", offsets: "[4,12]")),\(Raw.entry("a"))}", data: 12,
      "tensors 'a' and 'b' share bytes", fix: "give each its own"),
    Case(
      "{\(Raw.entry("b")),\(Raw.entry("a"))}", "tensors 'b' and 'a' share bytes",
      fix: "give each its own"),
    Case(
      "{\(Raw.entry("a")),\(Raw.entry("b", offsets: "[9,17]"))}", data: 17,
      "there is a gap of 1 byte before tensor 'b'"),
    Case(
      "{\(Raw.entry("a", offsets: "[4,12]"))}", data: 12,
      "there is a gap of 4 bytes before tensor 'a'"),
    Case(
      "{\(Raw.entry("a"))}", data: 9, "there is a rest of 1 byte after the last tensor",
      fix: Case.again),
    Case("{}", data: 3, "there is a rest of 3 bytes after the last tensor", fix: Case.again),
  ]

  @Test(
    "Each mistake has its words and its fix",
    arguments: frames + syntax + contents + sizes + places)
  func words(mistake: Case) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.safetensors", mistake.file)
    #expect(
      folder.message { _ = try SafetensorsFile(path: path) } == """
        a.safetensors: \(mistake.problem)
          fix: \(mistake.fix)
        """)
  }

  @Test("A header beyond 100 MB is refused before it is read")
  func longHeader() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.safetensors", RawSafetensors.file("{", length: 100_000_001))
    #expect(truncate(path, 200_000_000) == 0)  // a sparse file
    #expect(
      folder.message { _ = try SafetensorsFile(path: path) } == """
        a.safetensors: the header has 100,000,001 bytes; at most 100,000,000 are allowed
          fix: check that this is a safetensors file
        """)
  }

  @Test("Names in messages are cut")
  func longName() throws {
    let folder = try TemporaryFolder()
    let name = String(repeating: "n", count: 1000)
    let path = try folder.file("a.safetensors", RawSafetensors.file("{\"\(name)\":1}"))
    let message = folder.message { _ = try SafetensorsFile(path: path) }
    #expect(message?.contains("tensor '\(name.prefix(120))…' is a number") == true)
  }

  @Test("What is no file is named for what it is")
  func notAFile() throws {
    let folder = try TemporaryFolder()
    func reason(_ path: String) -> FileReadError.Reason? {
      do { _ = try SafetensorsFile(path: path) } catch { return (error as? FileReadError)?.reason }
      return nil
    }
    #expect(reason(folder.path + "/none") == .notFound)
    #expect(reason("a\0b") == .notFound)
    #expect(reason(folder.path) == .isFolder)
    #expect(reason("/dev/zero") == .notRegular(kind: "a device"))
    #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
    #expect(reason(folder.path + "/pipe") == .notRegular(kind: "a pipe"))
    #expect(
      folder.message { _ = try SafetensorsFile(path: folder.path + "/none") } == """
        none: there is no such file
          fix: check the path
        """)
  }
}
