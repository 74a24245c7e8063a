import ModelDescription
import PeftAdapters
import PeftBasics
import PeftReports
import TunerKit

extension RecipeDraft {
  mutating func readTuner(_ written: WrittenPart) {
    if case .value(.null, _) = written { return }
    places["tuner"] = written.place
    switch written {
    case .fields(let node, let entries):
      let isOne =
        entries.count == 1 && (entries[0].value.entries != nil || entries[0].value.isNull)
      guard isOne || node["peft_type"] != nil else {
        let known = catalog.tuners.names.map { $0.lowercased() }
        return add(
          .unnamed(part: "tuner", known: known, example: "{\(known.first ?? "name"): {r: 16}}"),
          at: .file(node.range))
      }
      takeTuner(at: .file(node.range)) {
        try ConfigurationFile(node).configuration(from: $0, allowsUnknown: false)
      }
    case .value(.text(let text), let place):
      takeTuner(at: place) { try TunerRequest(text, registry: $0).single() }
    case .value(let value, let place):
      add(
        .value(
          .wrongKind(
            field: "tuner", expected: "a tuner's name, or a map such as {lora: {r: 16}}",
            found: value)), at: place)
    }
  }

  private mutating func takeTuner(
    at place: RecipePlace, _ configuration: (TunerRegistry) throws -> any TunerConfiguration
  ) {
    do {
      recipe.start = .tuner(try configuration(catalog.tuners))
    } catch let error as DescriptionErrors {
      for error in error.errors { add(error) }
    } catch let error as DescriptionError where error.range != nil {
      add(error)
    } catch let list as Diagnoses<TunerRequestError> {
      for case .badSetting(_, let error) in list.errors { add(.value(error), at: place) }
    } catch {
      // Also about another file as a whole: the recipe is where it is named.
      add(.other(AnyDiagnosis(error)), at: place)
    }
  }
}

extension DocumentNode {
  fileprivate var isNull: Bool { scalar?.value == .null }
}
