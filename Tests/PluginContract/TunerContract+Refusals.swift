import ModelGraph
import Peft
import PeftTokenizers

extension TunerContract {
  var refusalClauses: [ContractClause] {
    [
      ContractClause("A rank below 1 is refused, set or read") { list in
        for rank in [0, -1, .min] where Configuration().rank != nil {
          let configuration = Configuration().ranked(rank)
          list.expectRefusal("rank \(rank)", naming: "\(rank)") { try configuration.check() }
          list.expectRefusal("rank \(rank), read", naming: "\(rank)") {
            _ = try Configuration(configuration.values)
          }
          try expectRefusal("rank \(rank), applied", naming: "\(rank)", of: configuration, &list)
        }
      },
      ContractClause("Dropout outside of 0 to 1 is refused, and 1 itself") { list in
        for field in Self.dropoutFields {
          for rate in [-0.1, 1, 1.5, .infinity, -.infinity, .nan] {
            list.expectRefusal("\(field) = \(rate)", naming: field) {
              _ = try Configuration([field: .number(rate)])
            }
          }
        }
      },
      ContractClause("A rank too large to be multiplied with sizes is refused by name, set or read")
      {
        list in
        guard let field = Configuration().rankField else { return }
        for rank in [Site.largestSize + 1, 1 << 31, 1 << 53, 1 << 62, .max - 1, .max] {
          let configuration = Configuration().ranked(rank)
          list.expectEqual(Self.refusedFields(configuration.values), [field], "rank \(rank), read")
          for model in try ContractModel.all() {
            guard let aimed = aimed(configuration, at: model) else { continue }
            list.expectEqual(
              Self.refusedFields { _ = try Adapter(aimed, for: model.graph) }, [field],
              "rank \(rank), applied")
          }
        }
      },
      ContractClause("The largest whole number of every field is refused or counted, never a trap")
      {
        list in
        for field in Configuration.ownFields.map(\.name) {
          for number in [Site.largestSize, .max, .min] {
            guard let configuration = try? Configuration([field: .integer(number)]) else {
              continue
            }
            for model in try ContractModel.all() {
              guard let aimed = aimed(configuration, at: model) else { continue }
              do {
                let adapter = try Adapter(aimed, for: model.graph)
                let budget = try Budget(adapter, on: model.graph)
                list.expect(
                  budget.trainableParameters >= 0, "\(field) = \(number) counts below zero")
                _ = try? model.graph.adapted(by: adapter)
              } catch {
                list.expect(
                  ["fix:", "choose smaller sizes"].contains { "\(error)".contains($0) },
                  "\(field) = \(number) is refused without a way to put it right: \(error)")
              }
            }
          }
        }
      },
      ContractClause("A weight too large to be multiplied with a rank is refused") { list in
        for kind in Configuration.Method.supportedKinds {
          for sizes in [[Site.largestSize + 1, 2], [2, .max / 2]] {
            guard let graph = ContractModel.layer(kind, weight: sizes) else { continue }
            var configuration = Configuration()
            configuration.options.targets = TargetSelection(targetModules: .names(["layer"]))
            list.expectRefusal("a \(kind) of \(sizes)", naming: "layer") {
              _ = try Adapter(configuration, for: graph)
            }
          }
        }
      },
      ContractClause("Modules of another kind are refused") { list in
        for model in try ContractModel.all() {
          let kinds = Configuration.Method.supportedKinds
          let others = model.graph.modules.modules.filter { !kinds.contains($0.kind) }
          for module in others {
            var configuration = Configuration()
            configuration.options.targets = TargetSelection(targetModules: .names([module.path]))
            list.expectRefusal("\(module.path) (\(module.kind))", naming: module.path) {
              _ = try Adapter(configuration, for: model.graph)
            }
          }
        }
      },
      ContractClause("A name that files cannot hold is refused") { list in
        for name in ["", "a.b", "."] {
          for model in try ContractModel.all() {
            guard let aimed = aimed(Configuration(), at: model) else { continue }
            list.expectRefusal("'\(name)'", naming: "'\(name)'") {
              _ = try Adapter(aimed, for: model.graph, name: name)
            }
          }
        }
      },
    ]
  }

  private func expectRefusal(
    _ subject: String, naming name: String, of configuration: Configuration,
    _ list: inout BreachList
  ) throws {
    for model in try ContractModel.all() {
      guard let aimed = aimed(configuration, at: model) else { continue }
      list.expectRefusal(subject, naming: name) { _ = try Adapter(aimed, for: model.graph) }
    }
  }
}
