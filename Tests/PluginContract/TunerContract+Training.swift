import Peft
import PeftTestSupport

extension TunerContract {
  var trainingClauses: [ContractClause] {
    [
      ContractClause("Gradients agree with finite differences, dropout's too") { list in
        for item in try cases(dropout: 0) + cases(dropout: 0.25) {
          let run = try ContractTraining(item)
          for name in item.tensorsWithSlopes {
            let (found, expected) = try run.slopes(along: name)
            list.expect(
              abs(found - expected) < 1e-2 * expected + 1e-4,
              "\(item.name): along the gradient of \(name) the loss rises by \(found), not \(expected)"
            )
          }
        }
      },
      ContractClause("A step moves what is trained, and not a bit of anything else") { list in
        for item in try cases() {
          let run = try ContractTraining(item)
          let (base, before) = (run.baseBits, run.weights.bits)
          let moving = try item.trainedNames.filter(run.hasGradient)
          try run.step()
          list.expectEqual(run.baseBits, base, "the base of \(item.name)")
          let after = run.training.weights.bits
          for name in before.keys {
            list.expectEqual(
              after[name] != before[name], moving.contains(name),
              "whether \(name) of \(item.name) moves")
          }
          list.expectEqual(run.weights.bits, before, "what \(item.name) started from")
        }
      },
      ContractClause("Some steps on one batch lower the loss") { list in
        for item in try cases(dropout: 0) {
          let run = try ContractTraining(item)
          let losses = try (0..<10).map { _ in try run.step() }
          let isTrained = try item.trainedNames.contains(where: run.hasGradient)
          list.expect(
            losses[9] < losses[0] || !isTrained, "\(item.name): the loss goes through \(losses)")
        }
      },
      ContractClause("What was trained answers the same when saved and loaded") { list in
        let folder = try TemporaryFolder()
        var registry = TunerRegistry()
        try registry.register(Configuration.Method.self)
        for item in try cases() {
          let run = try ContractTraining(item)
          for _ in 0..<2 { try run.step() }
          let trained = run.training.weights
          let path = folder.path("adapter")
          try trained.write(to: path, on: run.base.graph, projection: .none)
          let loaded = try AdapterFolder(path, registry: registry).weights(for: run.base)
          list.expectEqual(
            try item.model.answer(run.base.adapted(by: [loaded])),
            try item.model.answer(run.base.adapted(by: [trained])), item.name)
        }
      },
    ]
  }
}
