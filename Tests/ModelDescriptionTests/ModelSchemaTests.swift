import Foundation
import Testing

@testable import ModelDescription

@Suite("The JSON Schema of descriptions") struct ModelSchemaTests {
  private static let path =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Models/model.schema.json")

  @Test("The file in Models is what the declarations give")
  func isInStep() throws {
    let written = try String(contentsOf: Self.path, encoding: .utf8)
    #expect(
      ModelSchema.json() == written,
      "run 'swift build && python Scripts/update_reference.py'")
  }

  @Test("Every step and every attribute is in it")
  func isComplete() throws {
    let text = ModelSchema.json()
    for step in StepCatalog.all {
      #expect(text.contains("\"\(step.name)\" : {"))
      for attribute in step.attributes { #expect(text.contains("\"\(attribute.name)\" : {")) }
    }
  }

  @Test("The tables of the documentation are what the declarations give")
  func isDocumented() throws {
    let page = Self.path.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Sources/Peft/Peft.docc/Descriptions.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let tables = text.matches(of: /(?:^\|.*\n)+/.anchorsMatchLineEndings()).map { String($0.0) }
    #expect(
      tables == [ModelSchema.keyTable, ModelSchema.stepTable],
      "run 'swift build && python Scripts/update_reference.py'")
  }
}
