import PeftBasics
import PeftCheckpoints
import PeftTensors
import PeftTestSupport
import Testing

@Suite("NumPy's files") struct NumPyFileTests {
  static let types: [(file: String, type: NumberType)] = [
    ("f8", .float64), ("f4", .float32), ("f2", .float16), ("i8", .int64), ("i4", .int32),
    ("u2", .uint16), ("u1", .uint8), ("b1", .bool), ("version2", .float32), ("version3", .float32),
  ]

  @Test("What NumPy wrote is read", arguments: types.indices)
  func python(index: Int) throws {
    let (name, type) = Self.types[index]
    let tensor = try NumPyFile(path: Fixture.path("weights/\(name).npy")).tensor
    #expect(tensor.type == type)
    #expect(tensor.shape == [2, 3])
    #expect(tensor.floats() == (type == .bool ? [0, 1, 1, 1, 1, 1] : [0, 1, 2, 3, 4, 5]))
  }

  @Test("A scalar has no axes, an empty array no numbers")
  func edges() throws {
    let scalar = try NumPyFile(path: Fixture.path("weights/scalar.npy")).tensor
    #expect(scalar.shape == [])
    #expect(scalar.floats() == [1.5])
    let empty = try NumPyFile(path: Fixture.path("weights/empty.npy")).tensor
    #expect(empty.shape == [0, 4])
    #expect(empty.floats() == [])
  }

  /// A file with that header, `data` bytes, and the header's length and the version as given.
  private static func file(
    _ header: String, data: Int = 0, version: [UInt8] = [1, 0], length: Int? = nil
  ) -> [UInt8] {
    let length = length ?? header.utf8.count
    let lengthBytes = (0..<(version[0] == 1 ? 2 : 4)).map {
      UInt8(truncatingIfNeeded: length >> ($0 * 8))
    }
    return [0x93] + Array("NUMPY".utf8) + version + lengthBytes + Array(header.utf8)
      + [UInt8](repeating: 1, count: data)
  }

  private static func header(
    _ type: String = "<f4", fortran: String = "False", shape: String = "(2,)"
  ) -> String { "{'descr': '\(type)', 'fortran_order': \(fortran), 'shape': \(shape), }\n" }

  @Test(
    "Keys in any order, either quotes, no last comma, any blanks",
    arguments: [
      header(), #"{"shape":(2,),"fortran_order":False,"descr":"<f4"}"#,
      "{ 'shape' : ( 2 , ) , 'descr' : '<f4' , 'fortran_order' : False }   \n",
      header(shape: "(2, 1)"), header(shape: "(1, 2,)"),
    ])
  func spellings(header: String) throws {
    let folder = try TemporaryFolder()
    let tensor = try NumPyFile(path: folder.file("a.npy", Self.file(header, data: 8))).tensor
    #expect(tensor.count == 2)
  }

  struct Case: CustomTestStringConvertible {
    let file: [UInt8]
    let problem: String
    let fix: String
    var testDescription: String { problem }

    init(_ file: [UInt8], _ problem: String, fix: String = "write it again with 'numpy.save'") {
      self.file = file
      self.problem = problem
      self.fix = fix
    }

    init(_ header: String, _ problem: String, fix: String = "write it again with 'numpy.save'") {
      self.init(NumPyFileTests.file(header, data: 8), problem, fix: fix)
    }
  }

  private static let known =
    "convert them to one of '<f8', '<f4', '<f2', '<i8', '<i4', '<u2', '|u1', '|b1'"
  private static let whole = "use whole numbers from 0 to 2^63 - 1"

  static let mistakes = [
    Case([], "the file is empty"),
    Case(
      Array("PK\u{3}\u{4} a zip of arrays".utf8),
      "this is no .npy file, which starts with '\\x93NUMPY'", fix: "write it with 'numpy.save'"),
    Case(
      [0x93] + Array("NUMPY".utf8), "this is no .npy file, which starts with '\\x93NUMPY'",
      fix: "write it with 'numpy.save'"),
    Case(file("", version: [4, 0]), "version 4.0 of the format is not known"),
    Case(file("", version: [1, 1]), "version 1.1 of the format is not known"),
    Case(
      Array(file("", version: [2, 0]).dropLast(2)),
      "the header should have 4 bytes, and only 2 follow", fix: "download or copy the file again"),
    Case(
      file("{}", length: 500), "the header should have 500 bytes, and only 2 follow",
      fix: "download or copy the file again"),
    Case(
      file("{}", version: [3, 0], length: 0xFFFF_FFFF),
      "the header should have 4,294,967,295 bytes, and only 2 follow",
      fix: "download or copy the file again"),
    Case(
      file(String(repeating: " ", count: 65537), version: [2, 0]),
      "the header has 65,537 bytes; at most 65,536 are allowed"),
    Case("", "'{' is expected at byte 0 of the header"),
    Case("{", "a text in quotes is expected at byte 1 of the header"),
    Case("{}", "the header has no 'descr'"),
    Case("{'descr': '<f4'}", "the header has no 'fortran_order'"),
    Case("{'descr': '<f4', 'fortran_order': False}", "the header has no 'shape'"),
    Case("{'descr", "a quote is expected at byte 7 of the header"),
    Case("{'descr' '<f4'}", "':' is expected at byte 9 of the header"),
    Case("{'descr': '<f4' 'a'}", "'}' is expected at byte 16 of the header"),
    Case(header() + "x", "the end is expected at byte 58 of the header"),
    Case("{'descr': '<f4', 'descr': '<f4'}", "the header has 'descr' twice"),
    Case("{'shape': (), 'shape': ()}", "the header has 'shape' twice"),
    Case("{'order': 'C'}", "the header has a key 'order' that is not known"),
    Case(
      "{'descr': [('a', '<f4')]}", "the entries are records of several fields",
      fix: "save each field as an array of its own"),
    Case(
      header(">f4"), "the numbers are big-endian ('>f4')",
      fix: "convert them: array.astype(array.dtype.newbyteorder('<'))"),
    Case(header("|O"), "the numbers are of type '|O'", fix: known),
    Case(header("<c8"), "the numbers are of type '<c8'", fix: known),
    Case(
      header(fortran: "True"), "the array is in Fortran order, column by column",
      fix: "save numpy.ascontiguousarray(array) instead"),
    Case(header(fortran: "false"), "True or False is expected at byte 34 of the header"),
    Case(header(shape: "2"), "'(' is expected at byte 50 of the header"),
    Case(header(shape: "(2)"), "',' is expected at byte 52 of the header"),
    Case(header(shape: "(2 3)"), "',' is expected at byte 53 of the header"),
    Case(header(shape: "(,)"), "a number or ')' is expected at byte 51 of the header"),
    Case(header(shape: "(-1,)"), "the shape holds '-1'", fix: whole),
    Case(header(shape: "(2L,)"), "the shape holds '2L'", fix: whole),
    Case(header(shape: "(2.0,)"), "the shape holds '2.0'", fix: whole),
    Case(
      header(shape: "(9223372036854775808,)"), "the shape holds '9223372036854775808'", fix: whole),
    Case(
      header(shape: "(\(String(repeating: "1, ", count: 65)))"),
      "the array has more than 64 axes", fix: "reshape it"),
    Case(
      header(shape: "(4294967296, 4294967296)"),
      "the size of [4294967296, 4294967296] is beyond 2^63"),
    Case(
      header(shape: "(2305843009213693952,)"), "the size of [2305843009213693952] is beyond 2^63"),
    Case(
      header(shape: "(3,)"), "the array, F32 [3], has 8 bytes; it needs 12",
      fix: "download, copy or write the file again"),
    Case(
      header(shape: "()"), "the array, F32 [], has 8 bytes; it needs 4",
      fix: "download, copy or write the file again"),
  ]

  @Test("Each mistake has its words and its fix", arguments: mistakes)
  func words(mistake: Case) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.npy", mistake.file)
    #expect(
      folder.message { _ = try NumPyFile(path: path) } == """
        a.npy: \(mistake.problem)
          fix: \(mistake.fix)
        """)
  }

  @Test("Whatever bytes are changed, a file is read or refused")
  func fuzz() throws {
    let folder = try TemporaryFolder()
    let whole = Array(try Fixture.bytes("weights/f4.npy"))
    var generator = RandomNumbers(seed: 3)
    var refused = 0
    for round in 0..<1000 {
      var bytes = whole
      for _ in 0..<round % 3 {
        bytes[Int.random(in: 0..<90, using: &generator)] = UInt8.random(
          in: 0..<128, using: &generator)
      }
      if round.isMultiple(of: 4) { bytes.removeLast(.random(in: 0...3, using: &generator)) }
      let path = try folder.file("a.npy", bytes)
      do {
        _ = try NumPyFile(path: path).tensor.floats()
      } catch {
        #expect("\(error)".contains(/^.*a\.npy: .+\n  fix: .+$/), "\(error)")
        refused += 1
      }
    }
    #expect(600..<900 ~= refused)
  }
}
