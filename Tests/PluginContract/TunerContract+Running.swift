import Foundation
import Peft

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
        let folder = FileManager.default.temporaryDirectory
          .appending(path: "peft-contract-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var registry = TunerRegistry()
        try registry.register(Configuration.Method.self)
        for item in try cases(dropout: 0) {
          let base = try item.model.filled()
          let trained = try item.trained(on: base)
          let expected = try item.model.answer(base.adapted(by: [trained]))
          for projection in AdapterContents.Projection.allCases {
            let paths = ["first", "second"].map { folder.appending(path: $0).path }
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

extension ContractCase {
  /// The adapter as if it had been trained: what is trained is small random numbers beside its first
  /// ones.
  fileprivate func trained(on base: Model) throws -> AdapterWeights {
    let fresh = try AdapterWeights(adapter, on: base)
    let trainedNames = Set(
      adapter.tensors.filter(\.isTrained).map { $0.parameterName(adapter: adapter.name) })
    var tensors = fresh.tensors
    for name in trainedNames {
      guard let tensor = tensors[name] else { continue }
      let noise = Numbers.pseudorandom("trained \(name)", shape: tensor.shape).values
      let sum = zip(tensor.floats(), noise).map { $0 + Float($1) / 4 }
      tensors[name] = Tensor(sum, shape: tensor.shape)
    }
    return AdapterWeights(adapter, tensors: tensors, generation: fresh.generation)
  }
}

extension ContractModel {
  /// The model with random numbers in it.
  fileprivate func filled() throws -> Model {
    var parameters: [Parameter.ID: Tensor] = [:]
    for parameter in graph.parameters {
      guard let id = graph.parameter(named: parameter.name) else { continue }
      let numbers = Numbers.pseudorandom(parameter.name, shape: parameter.shape)
      parameters[id] = Tensor(numbers.values.map { Float($0) }, shape: parameter.shape)
    }
    return Model(graph, parameters: parameters, threads: 1)
  }

  private var inputs: [String: Tensor] {
    var inputs: [String: Tensor] = [:]
    for input in graph.inputs {
      let type = graph[input.value].type
      let shape = type.shape.dimensions.map { $0.size ?? 3 }
      let count = shape.reduce(1, *)
      inputs[input.name] =
        type.element.isFloatingPoint
        ? Tensor(
          Numbers.pseudorandom(input.name, shape: shape).values.map { Float($0) }, shape: shape)
        : Tensor((0..<count).map { $0 % 5 }, shape: shape)
    }
    return inputs
  }

  fileprivate func answer(_ model: Model) throws -> [String: [Float]] {
    try model(inputs).mapValues { $0.floats() }
  }

  fileprivate func answer(_ model: PeftModel) throws -> [String: [Float]] {
    try model(inputs).mapValues { $0.floats() }
  }

  fileprivate func distance(_ a: Model, _ b: Model) throws -> Double {
    distance(try answer(a), try answer(b))
  }

  /// The largest difference, over the larger of 1 and the largest entry.
  fileprivate func distance(_ a: [String: [Float]], _ b: [String: [Float]]) -> Double {
    a.map { name, entries in
      guard let others = b[name], others.count == entries.count else { return .infinity }
      let largest = others.map { Double(abs($0)) }.max() ?? 0
      let difference = zip(entries, others).map { Double(abs($0 - $1)) }.max() ?? 0
      return difference.isNaN ? .infinity : difference / max(1, largest)
    }.max() ?? .infinity
  }
}
