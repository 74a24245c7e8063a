import Foundation
import Peft
import PeftTestSupport

extension TunerContract {
  var runningClauses: [ContractClause] {
    [
      ContractClause("A fresh adapter changes no answer, unless it is asked to") { list in
        for item in try cases(dropout: 0) {
          let base = try item.model.filled()
          let fresh = try AdapterWeights(item.adapter, on: base)
          let distance = try item.model.distance(base.adapted(by: [fresh]), base)
          list.expect(distance < 1e-4, "\(item.name): fresh, it changes answers by \(distance)")
        }
      },
      ContractClause("Merged, the model answers as adapted; the base stays as it was") { list in
        for item in try cases(dropout: 0) {
          let base = try item.model.filled()
          let before = try item.model.answer(base)
          var model = PeftModel(base)
          try model.add(item.trained(on: base))
          let adapted = try item.model.answer(model)
          try model.mergeAdapter()
          list.expect(
            item.model.distance(try item.model.answer(model), adapted) < 1e-4,
            "\(item.name): merged, it answers otherwise")
          model.unmergeAdapter()
          list.expectEqual(try item.model.answer(model), adapted, "\(item.name), unmerged")
          list.expectEqual(
            try model.disableAdapters { try item.model.answer($0) }, before,
            "\(item.name), disabled")
        }
      },
      ContractClause("Saved and loaded, it is the same to the bit; saved twice, the files are") {
        list in
        let folder = try TemporaryFolder()
        var registry = TunerRegistry()
        try registry.register(Configuration.Method.self)
        for item in try cases(dropout: 0) {
          let base = try item.model.filled()
          let trained = try item.trained(on: base)
          let expected = try item.model.answer(base.adapted(by: [trained]))
          for projection in AdapterContents.Projection.allCases {
            let paths = ["first", "second"].map(folder.path)
            for path in paths {
              try trained.write(to: path, on: base.graph, projection: projection)
            }
            let loaded = try AdapterFolder(paths[0], registry: registry).weights(for: base)
            let name = "\(item.name), \(projection.rawValue)"
            list.expectEqual(try item.model.answer(base.adapted(by: [loaded])), expected, name)
            list.expectEqual(
              loaded.adapter.configuration.values.keys, trained.adapter.configuration.values.keys,
              name)
            for file in ["adapter_config.json", "adapter_model.safetensors"] {
              let contents = try paths.map { try Data(contentsOf: URL(filePath: "\($0)/\(file)")) }
              list.expect(contents[0] == contents[1], "\(name): \(file) differs when saved again")
            }
          }
        }
      },
    ]
  }
}
