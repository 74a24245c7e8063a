import Peft

extension TunerContract {
  var fileClauses: [ContractClause] {
    [
      ContractClause("A file's names are unique, and its shapes the tensors' own") { list in
        for item in try cases() {
          for projection in AdapterContents.Projection.allCases {
            let entries = AdapterContents(
              item.adapter, of: item.model.graph, projection: projection
            ).entries
            list.expectEqual(Set(entries.map(\.name)).count, entries.count, "names, \(item.name)")
            for entry in entries {
              list.expect(
                entry.name.hasPrefix("base_model.") && !entry.name.contains(".."),
                "'\(entry.name)' is no name for a tensor")
              list.expect(entry.shape.allSatisfy { $0 > 0 }, "\(entry.name) is \(entry.shape)")
            }
          }
        }
      },
      ContractClause("A file without bases holds what nothing gives again, and nothing more") {
        list in
        for item in try cases() {
          let entries = AdapterContents(
            item.adapter, of: item.model.graph, projection: .none
          ).entries
          let count = entries.reduce(0) { $0 + $1.shape.reduce(1, *) }
          let budget = try Budget(item.adapter, on: item.model.graph)
          let kept = try item.adapter.tensors.filter { !$0.isTrained && !$0.isReproducible }
            .map { try $0.count() }.reduce(0, +)
          list.expectEqual(count, budget.trainableParameters + kept, "entries, \(item.name)")
          list.expect(budget.adapterBytes > 4 * count, "the file of \(item.name) has no header")
          let whole = AdapterContents(item.adapter, of: item.model.graph, projection: .shared)
          list.expectEqual(
            whole.entries.reduce(0) { $0 + $1.shape.reduce(1, *) },
            count - kept + budget.basisEntries,
            "entries with bases, \(item.name)")
        }
      },
      ContractClause("The adapter's name is not in its file") { list in
        let pairs = zip(try cases(named: "probe"), try cases(named: "other"))
        for (first, second) in pairs {
          let names = [first, second].map {
            AdapterContents($0.adapter, of: $0.model.graph, projection: .shared).entries
          }
          list.expectEqual(names[0], names[1], first.name)
        }
      },
    ]
  }
}
