import Peft

extension TunerContract {
  var refusalClauses: [ContractClause] {
    [
      ContractClause("A rank below 1 is refused, set or read") { list in
        for rank in [0, -1, .min] {
          var configuration = Configuration()
          configuration.rank = rank
          // A tuner without a rank keeps its own number.
          guard configuration.rank == rank else { continue }
          list.expectRefusal("rank \(rank)") { try configuration.check() }
          list.expectRefusal("rank \(rank), read") { _ = try Configuration(configuration.values) }
          try expectRefusal("rank \(rank), applied", of: configuration, &list)
        }
      },
      ContractClause("Dropout outside of 0 to 1 is refused, and 1 itself") { list in
        for field in Self.dropoutFields {
          for rate in [-0.1, 1, 1.5, .infinity, -.infinity, .nan] {
            list.expectRefusal("\(field) = \(rate)") {
              _ = try Configuration([field: .number(rate)])
            }
          }
        }
      },
      ContractClause("Huge ranks are refused or counted, never a trap") { list in
        for rank in [1 << 31, 1 << 53, 1 << 62, .max - 1, .max] {
          var configuration = Configuration()
          configuration.rank = rank
          for model in try ContractModel.all() {
            guard let aimed = aimed(configuration, at: model) else { continue }
            do {
              let adapter = try Adapter(aimed, for: model.graph)
              let budget = try Budget(adapter, on: model.graph)
              list.expect(budget.trainableParameters >= 0, "rank \(rank) counts below zero")
              _ = try? model.graph.adapted(by: adapter)
            } catch {
              list.expect(!"\(error)".isEmpty, "rank \(rank) is refused without a word")
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
            list.expectRefusal("\(module.path) (\(module.kind))") {
              _ = try Adapter(configuration, for: model.graph)
            }
          }
        }
      },
      ContractClause("A name that files cannot hold is refused") { list in
        for name in ["", "a.b", "."] {
          for model in try ContractModel.all() {
            guard let aimed = aimed(Configuration(), at: model) else { continue }
            list.expectRefusal("'\(name)'") {
              _ = try Adapter(aimed, for: model.graph, name: name)
            }
          }
        }
      },
    ]
  }

  private func expectRefusal(
    _ subject: String, of configuration: Configuration, _ list: inout BreachList
  ) throws {
    for model in try ContractModel.all() {
      guard let aimed = aimed(configuration, at: model) else { continue }
      list.expectRefusal(subject) { _ = try Adapter(aimed, for: model.graph) }
    }
  }
}
