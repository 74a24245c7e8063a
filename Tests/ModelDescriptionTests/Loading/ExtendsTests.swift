import PeftTestSupport
import Testing

@testable import ModelDescription
@testable import PeftBasics

@Suite("Extending descriptions") struct ExtendsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What loading a file of the folder prints, without the folder's path.
  private func refusal(of name: String) -> String {
    folder.message { _ = try ModelDescription(folder.path(name)).graph() } ?? "nothing"
  }

  @Test("A file extends one beside it, one in a folder below, or a bundled one")
  func extends() throws {
    try folder.file("a.yaml", "extends: mlp\nname: a\ndimensions: {width: 5}\n")
    try folder.file("b.yaml", "extends: ./a.yaml\nname: b\n")
    try folder.file("c.yaml", "extends: inner/d.yaml\nname: c\ndimensions: {labels: 3}\n")
    try folder.file("inner/d.yaml", "extends: mlp.yaml\nname: d\n")
    let b = try ModelDescription("\(folder.path)/b.yaml")
    #expect(b.name == "b")
    #expect(try b.graph().entryCount == 785 * 5 + 6 * 5 + 6 * 10)
    let c = try ModelDescription("\(folder.path)/c.yaml").graph()
    #expect(c.parameter(named: "classifier.bias").map { c[$0].shape } == [3])
  }

  @Test("A file in the folder comes before a bundled model of that name")
  func shadowing() throws {
    try folder.file("gpt2.yaml", "extends: mlp\nname: own\ndimensions: {labels: 3}\n")
    try folder.file("a.yaml", "extends: gpt2.yaml\nname: a\n")
    #expect(try ModelDescription("\(folder.path)/a.yaml").dimensions["labels"] == .integer(3))
  }

  @Test("Descriptions that extend each other are shown in a circle")
  func circle() throws {
    try folder.file("a.yaml", "extends: b.yaml\nname: a\n")
    try folder.file("b.yaml", "extends: a.yaml\nname: b\n")
    #expect(
      refusal(of: "a.yaml") == """
        b.yaml:1:10: 'extends' comes back to where it started: a.yaml → b.yaml → a.yaml
            1 | extends: a.yaml
              |          ^~~~~~
          fix: remove one of these 'extends'
        """)
    try folder.file("c.yaml", "extends: c.yaml\nname: c\n")
    #expect(refusal(of: "c.yaml").contains("comes back to where it started: c.yaml → c.yaml"))
  }

  @Test("A long chain ends")
  func chain() throws {
    for index in 0..<40 {
      try folder.file("m\(index).yaml", "extends: m\(index + 1).yaml\nname: m\n")
    }
    #expect(refusal(of: "m0.yaml").contains("more than 16 descriptions extend each other"))
  }

  @Test(
    "What lies outside the folder is not read",
    arguments: [
      "../secret.yaml", "/etc/passwd", "inner/../../secret.yaml", "link.yaml", "out/s.yaml",
    ])
  func outside(path: String) throws {
    try folder.file("secret.yaml", "name: secret\n")
    try folder.file("home/a.yaml", "extends: \(path)\nname: a\n")
    try folder.file("elsewhere/s.yaml", "name: s\n")
    try folder.makeLink("home/link.yaml", to: "../secret.yaml")
    try folder.makeLink("home/out", to: "../elsewhere")
    #expect(
      refusal(of: "home/a.yaml") == """
        home/a.yaml:1:10: '\(path)' lies outside the description's folder
            1 | extends: \(path)
              |          \("^" + String(repeating: "~", count: path.count - 1))
          fix: extend a file in the same folder or below, or a bundled model
        """)
  }

  @Test("A description that is not there is answered with the nearest bundled one")
  func unknown() throws {
    try folder.file("a.yaml", "extends: gtp2.yaml\nname: a\n")
    #expect(
      refusal(of: "a.yaml") == """
        a.yaml:1:10: there is no description 'gtp2.yaml' in this folder or among the bundled ones
            1 | extends: gtp2.yaml
              |          ^~~~~~~~~
          fix: did you mean 'gpt2'?
        """)
  }

  @Test("A mistake in what is extended is shown in its own file")
  func mistakeInBase() throws {
    try folder.file("base.yaml", "name: base\nlayers: 3\n")
    try folder.file("a.yaml", "extends: base.yaml\nname: a\n")
    #expect(
      refusal(of: "a.yaml").hasPrefix("base.yaml:2:1: a description has no key 'layers'"))
  }
}
