import Peft

extension TunerContract {
  var algebraClauses: [ContractClause] {
    [
      ContractClause("An update has its weight's shape, [outputs, inputs]") { list in
        try updates { update, name in
          let shape = [update.site.outputs, update.site.inputs]
          list.expectEqual(try update.update.shape(), shape, name)
          let numbers = try WeightUpdateEvaluator.trained.value(of: update.update)
          list.expectEqual(numbers.shape, shape, "\(name), computed")
        }
      },
      ContractClause("The greatest rank is at least 1 and at most the smaller side") { list in
        try updates { update, name in
          let bound = try update.update.rankBound()
          list.expect(
            1...min(update.site.outputs, update.site.inputs) ~= bound, "\(name): rank \(bound)")
        }
      },
      ContractClause("A fresh adapter changes no weight") { list in
        try updates { update, name in
          let fresh = WeightUpdateEvaluator.fresh(at: update.site)
          for part in [update.update, update.biasUpdate].compactMap({ $0 }) {
            let numbers = try fresh.value(of: part)
            list.expect(
              numbers.values.allSatisfy { abs($0) < 1e-12 }, "\(name) is changed from the start")
          }
        }
      },
      ContractClause("Every trained tensor has a part in its update") { list in
        try updates { update, name in
          let numbers = try WeightUpdateEvaluator.trained.value(of: update.update)
          list.expect(
            numbers.values.allSatisfy(\.isFinite) && numbers.values.contains { $0 != 0 },
            "\(name) is zero, or no number, after training")
          for tensor in update.tensors where tensor.isTrained {
            let without = WeightUpdateEvaluator {
              $0 == tensor
                ? Numbers(shape: tensor.shape) { _ in 0 } : WeightUpdateEvaluator.trained.values($0)
            }
            list.expect(
              try without.value(of: update.update).distance(to: numbers) > 0
                || update.biasUpdate?.tensors.contains(tensor) == true,
              "\(tensor.name) of \(name) changes nothing")
          }
        }
      },
      ContractClause("Counts are the sums of the tensors' entries") { list in
        for item in try cases() {
          let budget = try Budget(item.adapter, on: item.model.graph)
          var seen: Set<UpdateTensor> = []
          for tensor in item.adapter.updates.flatMap(\.tensors) { seen.insert(tensor) }
          let counts = try seen.filter { !$0.isDerived }.map { ($0.isTrained, try $0.count()) }
          let trained = counts.filter { $0.0 }.reduce(0) { $0 + $1.1 }
          let frozen = counts.filter { !$0.0 }.reduce(0) { $0 + $1.1 }
          list.expectEqual(budget.adapterParameters, trained, "trained on \(item.name)")
          list.expectEqual(budget.trainableParameters, trained, "trained in all on \(item.name)")
          list.expectEqual(budget.basisEntries, frozen, "frozen on \(item.name)")
          list.expectEqual(budget.targets, item.adapter.updates.count, "modules of \(item.name)")
        }
      },
      ContractClause("The same configuration gives the same adapter twice") { list in
        for (first, second) in zip(try cases(), try cases()) {
          let updates = (first.adapter.updates, second.adapter.updates)
          list.expectEqual(updates.0.map(\.update), updates.1.map(\.update), first.name)
          list.expectEqual(first.adapter.warnings, second.adapter.warnings, first.name)
        }
      },
    ]
  }

  /// Every update of every case, with words for it.
  private func updates(_ body: (SiteUpdate, String) throws -> Void) throws {
    for item in try cases() {
      for update in item.adapter.updates {
        try body(update, "\(update.site.path) of \(item.name)")
      }
    }
  }
}
