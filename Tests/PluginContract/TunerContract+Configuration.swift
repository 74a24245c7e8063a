import OrderedCollections
import Peft

extension TunerContract {
  var configurationClauses: [ContractClause] {
    [
      ContractClause("What is written reads as the same configuration") { list in
        for sample in samples {
          let values = sample.values
          list.expectEqual(try Configuration(values), sample, "\(values)")
          list.expectEqual(try Configuration(values).values, values, "written again")
        }
      },
      ContractClause("Every field is written, once, by name") { list in
        let names = Configuration.fields.map(\.name) + ["peft_type"]
        list.expectEqual(Set(names).count, names.count, "names of fields")
        for field in Configuration.fields {
          list.expect(!field.name.isEmpty, "a field has no name")
          list.expect(!field.summary.isEmpty, "\(field.name) has no explanation")
          list.expect(!field.expectation.isEmpty, "\(field.name) does not say what it accepts")
        }
        for sample in samples {
          let written = names.filter {
            sample.options.targets.excludeModules != nil || Configuration.hasInFile($0)
          }
          list.expectEqual(Array(sample.values.keys), written.sorted(), "fields")
          list.expectEqual(
            sample.values["peft_type"], .text(Configuration.Method.name), "peft_type")
        }
      },
      ContractClause("Nothing given means every default") { list in
        list.expectEqual(try Configuration([:]), Configuration(), "read from nothing")
        list.expectEqual(Configuration().changedValues, [:], "changed fields of the defaults")
      },
      ContractClause("Every value of every field is either kept or refused by name") { list in
        for field in Configuration.fields where !field.isWithoutEffect {
          for value in Self.probes { Self.probe(field.name, value, &list) }
        }
      },
      ContractClause("A newer version's unused field is let pass, a used one refused") { list in
        let neutral: [ConfigurationValue] = [
          .null, .bool(false), .text(""), .list([]), .map([:]),
        ]
        for value in neutral {
          list.expectEqual(
            try Configuration(["from_the_future": value]), Configuration(), "\(value)")
        }
        for value in Self.probes where !value.isNeutral {
          let fields: OrderedDictionary = ["from_the_future": value]
          list.expectEqual(Self.refusedFields(fields), ["from_the_future"], "\(value)")
          list.expectEqual(
            try Configuration(fields, allowsUnknown: true), Configuration(), "\(value) if allowed")
        }
      },
      ContractClause("Settings that are named by their meaning are fields, and survive a change") {
        list in
        let names = Set(Configuration.fields.map(\.name))
        let sample = Configuration()
        let named = [
          sample.rankField, sample.scale?.field, sample.basisSettings.key,
          sample.basisSettings.isSaved,
        ]
        for name in named.compactMap({ $0 }) {
          list.expect(names.contains(name), "there is no field '\(name)'")
        }
        for sample in samples {
          guard let field = sample.rankField, let rank = sample.rank else { continue }
          list.expectEqual(sample.ranked(rank + 1).values[field], .integer(rank + 1), field)
          list.expectEqual(sample.ranked(rank), sample, "the same rank again")
          let scaled = sample.scaled(toRank: rank + 1)
          list.expectEqual(scaled.rank, rank + 1, "scaled to another rank")
          list.expect(scaled.scale?.value.isFinite ?? true, "the scale there is not finite")
        }
        if let field = sample.basisSettings.isSaved {
          for isSaved in [true, false] {
            let savesBases = try Configuration([field: .bool(isSaved)]).savesBases
            list.expectEqual(savesBases, isSaved, field)
          }
        }
      },
      ContractClause("All mistakes are reported at once") { list in
        let fields: OrderedDictionary<String, ConfigurationValue> = [
          "bias": .integer(1), "no_such_field": .text("x"), "task_type": .text("NONE"),
        ]
        list.expectEqual(
          Self.refusedFields(fields)?.sorted(), ["bias", "no_such_field", "task_type"], "refused")
      },
    ]
  }

  /// Values of every kind, ordinary and hostile.
  private static var probes: [ConfigurationValue] {
    [
      .null, .bool(true), .bool(false), .integer(0), .integer(1), .integer(-1), .integer(.max),
      .integer(.min), .number(0.5), .number(-0.5), .number(1e308), .number(.infinity),
      .number(.nan), .text(""), .text("probe"), .text("a.b"), .text("("), .text("all-linear"),
      .list([]), .list([.text("b"), .text("a")]), .list([.text("a")]), .list([.integer(1)]),
      .list([.list([])]), .map([:]), .map(["probe": .integer(1)]), .map(["(": .text("x")]),
      .map(["probe": .number(0.5)]), .map(["probe": .integer(-1)]),
    ]
  }

  /// Reads one field, and checks that its value is not lost.
  private static func probe(
    _ field: String, _ value: ConfigurationValue, _ list: inout BreachList
  ) {
    do {
      let kept = try Configuration([field: value]).values[field] ?? .null
      list.expect(
        kept.says(value), "\(field): \(value) is neither refused nor kept; it became \(kept)")
    } catch let errors as ConfigurationErrors {
      list.expectEqual(errors.errors.map(\.field), [field], "refused for \(field): \(value)")
      for error in errors.errors {
        list.expect(
          error.problem.contains(field) && error.fix?.isEmpty == false,
          "\(field): \(value) is refused unhelpfully: \(error)")
      }
    } catch {
      // Fields that contradict each other have an error of their own, which names them.
      list.expect(
        "\(error)".contains(field), "\(field): \(value) is refused without naming it: \(error)")
    }
  }

  /// The fields that a configuration is refused for; nil where it is not refused.
  static func refusedFields(
    _ fields: OrderedDictionary<String, ConfigurationValue>
  ) -> [String]? {
    refusedFields { _ = try Configuration(fields) }
  }

  static func refusedFields(_ body: () throws -> Void) -> [String]? {
    do {
      try body()
      return nil
    } catch {
      return (error as? ConfigurationErrors)?.errors.map { $0.field ?? "" } ?? ["\(error)"]
    }
  }
}

extension ConfigurationValue {
  /// Whether two values mean the same in a configuration: 8 is 8.0, a list of names has no order, one
  /// name may stand without its list, and all ways of saying nothing are one.
  fileprivate func says(_ other: ConfigurationValue) -> Bool {
    isNeutral && other.isNeutral || "\(canonical)" == "\(other.canonical)"
  }

  private var canonical: ConfigurationValue {
    switch self {
    case .integer(let number): .number(Double(number))
    case .list(let list) where list.count == 1: list[0].canonical
    case .list(let list): .list(list.map(\.canonical).sorted { "\($0)" < "\($1)" })
    case .map(let map): .map(map.mapValues(\.canonical))
    default: self
    }
  }
}
