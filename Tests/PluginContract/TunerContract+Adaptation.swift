import Peft

extension TunerContract {
  var adaptationClauses: [ContractClause] {
    [
      ContractClause("The adapted graph is legal, and the base is as it was") { list in
        for item in try cases() {
          let base = item.model.graph
          let adapted = try base.adapted(by: item.adapter)
          try adapted.validate()
          list.expectEqual(
            adapted.outputs.map { adapted[$0.value].type },
            base.outputs.map { base[$0.value].type }, "outputs of \(item.name)")
          list.expectEqual(
            Array(adapted.parameters.prefix(base.parameters.count)), base.parameters,
            "base parameters of \(item.name)")
          list.expectEqual(
            try base.adapted(by: item.adapter).nodes, adapted.nodes, "\(item.name), again")
        }
      },
      ContractClause("Every tensor is in the graph once, shared ones too") { list in
        for item in try cases() {
          let adapted = try item.model.graph.adapted(by: item.adapter)
          let added = adapted.parameters.dropFirst(item.model.graph.parameters.count)
          let expected = Set(item.adapter.updates.flatMap(\.tensors))
          list.expectEqual(added.count, expected.count, "tensors of \(item.name)")
          for tensor in expected {
            let parameter = adapted.parameter(named: tensor.parameterName(adapter: "probe"))
              .map { adapted[$0] }
            let role: Parameter.Role = tensor.isTrained ? .adapter("probe") : .frozenBasis("probe")
            list.expectEqual(parameter?.shape, tensor.shape, "\(tensor.name) of \(item.name)")
            list.expectEqual(parameter?.role, role, "\(tensor.name) of \(item.name)")
            list.expectEqual(parameter?.initial, tensor.initial, "\(tensor.name) of \(item.name)")
          }
        }
      },
      ContractClause("A module's weight becomes W + ΔW as it is stored, at every use") { list in
        for item in try cases(dropout: 0) {
          let adapted = try item.model.graph.adapted(by: item.adapter)
          expectWeights(adapted, with: [item.adapter], item.name, &list)
          list.expectEqual(
            adapted.weightNodes.count, item.model.graph.weightNodes.count, "uses in \(item.name)")
        }
      },
      ContractClause("A module's bias becomes b + Δb, at every use") { list in
        for item in try cases(dropout: 0) {
          let adapted = try item.model.graph.adapted(by: item.adapter)
          expectBiases(adapted, with: item.adapter, item.name, &list)
        }
      },
      ContractClause("Only modules that are targeted change") { list in
        for item in try cases(dropout: 0) {
          for target in item.adapter.updates.map(\.site.path) {
            guard var aimed = aimed(Configuration(), at: item.model) else { continue }
            aimed.options.targets.targetModules = .names([target])
            let adapter = try Adapter(aimed, for: item.model.graph, name: "probe")
            list.expectEqual(adapter.updates.map(\.site.path), [target], "targets")
            let adapted = try item.model.graph.adapted(by: adapter)
            let kept = adapted.nodes.filter { $0.module != target }
            let base = item.model.graph.nodes.filter { $0.module != target }
            list.expectEqual(kept.map(\.module), base.map(\.module), "beside \(target)")
            expectWeights(adapted, with: [adapter], "\(item.name), \(target) alone", &list)
          }
        }
      },
      ContractClause("Adapters of different names add up, of one name are refused") { list in
        let pairs = zip(
          try cases(named: "probe", dropout: 0), try cases(named: "other", dropout: 0))
        for (first, second) in pairs {
          let once = try first.model.graph.adapted(by: first.adapter)
          let twice = try once.adapted(by: second.adapter)
          try twice.validate()
          expectWeights(twice, with: [first.adapter, second.adapter], first.name, &list)
          list.expectRefusal("\(first.name), the same adapter again", naming: "probe") {
            _ = try once.adapted(by: first.adapter)
          }
        }
      },
      ContractClause("With dropout an update is a branch, its input dropped out") { list in
        for item in try cases(dropout: 0.25) {
          let adapted = try item.model.graph.adapted(by: item.adapter)
          try adapted.validate()
          expectBranches(of: item, in: adapted, &list)
        }
      },
      ContractClause("Branches of two adapters stand side by side") { list in
        let pairs = zip(
          try cases(named: "probe", dropout: 0.25), try cases(named: "other", dropout: 0.5))
        for (first, second) in pairs {
          let once = try first.model.graph.adapted(by: first.adapter)
          let twice = try once.adapted(by: second.adapter)
          try twice.validate()
          let added = twice.weightNodes.count - once.weightNodes.count
          let branches = once.weightNodes.count - first.model.graph.weightNodes.count
          list.expectEqual(added, branches, "branches of the second adapter, \(first.name)")
        }
      },
    ]
  }

  /// Checks what every module that has a weight multiplies with, in numbers.
  private func expectWeights(
    _ graph: Graph, with adapters: [Adapter], _ name: String, _ list: inout BreachList
  ) {
    var numbers: [String: Numbers] = [:]
    for adapter in adapters {
      for tensor in adapter.updates.flatMap(\.tensors) {
        numbers[tensor.parameterName(adapter: adapter.name)] = WeightUpdateEvaluator.trained
          .values(tensor)
      }
    }
    func values(_ parameter: Parameter) -> Numbers {
      numbers[parameter.name] ?? .pseudorandom(parameter.name, shape: parameter.shape)
    }
    let known = numbers
    let updates = WeightUpdateEvaluator(
      weights: { site in
        guard let id = graph.modules.ownParameters(of: site.path)["weight"] else {
          return WeightUpdateEvaluator.weight(of: site)
        }
        let stored =
          known[graph[id].name] ?? .pseudorandom(graph[id].name, shape: graph[id].shape)
        return site.isStoredTransposed
          ? stored.permuted([1, 0]) : stored.reshaped([site.outputs, site.inputs])
      }, WeightUpdateEvaluator.trained.values)
    let evaluator = WeightEvaluator(graph, values: values)
    for node in graph.weightNodes {
      guard let id = graph.modules.ownParameters(of: node.module)["weight"] else { continue }
      var expected = values(graph[id])
      for update in adapters.flatMap(\.updates) where update.site.path == node.module {
        do {
          let delta = try updates.value(of: update.update)
          let stored = update.site.isStoredTransposed ? delta.permuted([1, 0]) : delta
          expected = expected.combined(stored.reshaped(expected.shape), +)
        } catch {
          list.add("the update of \(node.module) in \(name) has no value: \(error)")
        }
      }
      let found = evaluator.value(of: node.operands[1])
      list.expect(
        found.map { $0.distance(to: expected) < 1e-9 } ?? false,
        "the weight of \(node.module) in \(name) is not W + ΔW")
    }
  }

  /// Checks what every module that has a weight adds to its product, in numbers.
  private func expectBiases(
    _ graph: Graph, with adapter: Adapter, _ name: String, _ list: inout BreachList
  ) {
    var numbers: [String: Numbers] = [:]
    for tensor in adapter.tensors {
      numbers[tensor.parameterName(adapter: adapter.name)] = WeightUpdateEvaluator.trained
        .values(tensor)
    }
    let evaluator = WeightEvaluator(graph) { parameter in
      numbers[parameter.name] ?? .pseudorandom(parameter.name, shape: parameter.shape)
    }
    for node in graph.weightNodes {
      guard let update = adapter.updates.first(where: { $0.site.path == node.module }) else {
        continue
      }
      let own = update.site.hasBias ? WeightUpdateEvaluator.bias(of: update.site) : nil
      let added = update.biasUpdate.flatMap { try? WeightUpdateEvaluator.trained.value(of: $0) }
      let expected = [own, added].compactMap { $0 }
      let operand = node.operands.dropFirst(2).first
      guard let first = expected.first else {
        list.expect(operand == nil, "\(node.module) of \(name) has been given a bias")
        continue
      }
      let sum = expected.dropFirst().reduce(first) { $0.combined($1, +) }
      list.expect(
        operand.flatMap(evaluator.value).map { $0.distance(to: sum) < 1e-9 } ?? false,
        "the bias of \(node.module) in \(name) is not b + Δb")
    }
  }

  private func expectBranches(of item: Case, in adapted: Graph, _ list: inout BreachList) {
    for update in item.adapter.updates {
      let path = update.site.path
      let uses = item.model.graph.weightNodes.filter { $0.module == path }.count
      let nodes = adapted.nodes.filter { $0.module == path }
      let rates = nodes.compactMap { ($0.operation as? Dropout)?.rate }
      let expected = update.inputDropout > 0 ? uses : 0
      list.expectEqual(
        rates, [Double](repeating: update.inputDropout, count: expected),
        "dropout at \(path) of \(item.name)")
      list.expectEqual(
        adapted.weightNodes.filter { $0.module == path }.count, uses + expected,
        "weighted nodes at \(path) of \(item.name)")
      let own = adapted.modules.ownParameters(of: path)["weight"]
      let untouched = adapted.weightNodes.filter {
        $0.module == path && adapted.parameter(readBy: $0.operands[1]) == own
      }
      list.expectEqual(untouched.count, expected, "nodes with the bare weight at \(path)")
    }
  }
}

extension Graph {
  /// The nodes that multiply with a module's weight.
  fileprivate var weightNodes: [Node] {
    nodes.filter { $0.operation is any WeightedOperator && $0.operands.count > 1 }
  }
}
