import Foundation
import PeftTestSupport
import Testing

@testable import ModelDescription
@testable import ModelGraph

@Suite("The catalogue of steps") struct StepCatalogTests {
  /// A kind of operator, shown by its type's name.
  struct Kind: Sendable, CustomTestStringConvertible {
    let type: any Operator.Type
    var testDescription: String { "\(type)" }
  }

  @Test(
    "Every operator has a step of its name, or says that it has none",
    arguments: OperatorCatalog.all.map(Kind.init))
  func operators(_ kind: Kind) {
    let type = kind.type
    let hasNone = type is any UndescribedOperator.Type || type is any LossOperator.Type
    #expect(
      (StepCatalog.byName[type.name] == nil) == hasNone,
      """
      write Sources/ModelDescription/Steps/\(type)Step.swift for '\(type.name)' and add it to the \
      StepCatalog, or make \(type) an UndescribedOperator
      """)
  }

  @Test("It has every step of the sources")
  func isComplete() throws {
    let folder = Repository.root.appending(path: "Sources/ModelDescription/Steps")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    let declaration = /enum (\w+): (?:Function|Reduction|Recurrent)?Step \{/
    let declared = try files.flatMap { file in
      try String(contentsOf: file, encoding: .utf8).matches(of: declaration).map { String($0.1) }
    }
    #expect(declared.sorted() == StepCatalog.all.map { "\($0)" }.sorted())
  }
}
