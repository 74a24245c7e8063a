import PeftTestSupport
import Testing

@testable import ModelDescription

@Suite("The JSON Schema of descriptions") struct ModelSchemaTests {
  @Test("The file in Models is what the declarations give")
  func isInStep() throws {
    let written = try Repository.text("Models/model.schema.json")
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
    let text = try Repository.text("Sources/Peft/Peft.docc/Descriptions.md")
    let tables = text.matches(of: /(?:^\|.*\n)+/.anchorsMatchLineEndings()).map { String($0.0) }
    #expect(
      tables == [ModelSchema.keyTable, ModelSchema.stepTable],
      "run 'swift build && python Scripts/update_reference.py'")
  }
}
