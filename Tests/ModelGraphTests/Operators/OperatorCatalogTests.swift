import Foundation
import PeftTestSupport
import Testing

@testable import ModelGraph

@Suite("The catalogue of operators") struct OperatorCatalogTests {
  /// The names of all operators that the sources declare: those of types with a rule for shapes.
  private static func declaredNames() throws -> [String] {
    var names: [String] = []
    for folder in ["Sources", "Plugins"] {
      let files = FileManager.default.enumerator(
        at: Repository.root.appending(path: folder), includingPropertiesForKeys: nil)
      for case let file as URL in try #require(files) where file.pathExtension == "swift" {
        let text = try String(contentsOf: file, encoding: .utf8)
        let hasRule = text.contains("func results(of operands: [ValueType]) throws(ShapeError)")
        // Convolutions have theirs in common.
        guard hasRule || text.contains(": ConvolutionOperator {") else { continue }
        names += text.matches(of: /static (?:let|var) name\b[^"\n]*"([^"]+)"/).map { String($0.1) }
      }
    }
    return names
  }

  @Test("It has every operator of the sources once, under a name of its own")
  func isComplete() throws {
    let catalogued = OperatorCatalog.all.map { $0.name }
    let declared = try Self.declaredNames()
    #expect(declared.count > 40)
    let missing = Set(declared).subtracting(catalogued).sorted()
    #expect(missing == [], "add their types to Sources/ModelGraph/OperatorCatalog.swift")
    #expect(Set(catalogued).subtracting(declared) == [])
    #expect(Set(catalogued).count == catalogued.count)
    #expect(Set(declared).count == declared.count)
  }
}
