import Peft
import Testing

@Suite("The catalogue of operators") struct OperatorCatalogTests {
  private static let names = Set(OperatorCatalog.all.map { $0.name })

  @Test(
    "It has what bundled models, their adapters and their gradients are made of",
    arguments: BundledModels.names)
  func models(name: String) throws {
    let base = try ModelDescription(name, setting: [("layers", "2")]).graph()
    let hasLinear = base.modules.modules.contains {
      [.linear, .conv1D].contains($0.kind) && $0.path != base.origin.outputEmbedding
    }
    let targets = hasLinear ? TargetSelection.Targets.allLinear : .names(["convolution"])
    let tuners: [any TunerConfiguration] = [
      LoraConfig(targetModules: targets, loraDropout: 0.1),
      LoraConfig(targetModules: targets, useDora: true),
    ]
    for tuner in tuners + (hasLinear ? [RandLoraConfig(r: 8, targetModules: targets)] : []) {
      let plan = try AdapterPlan(base, tuner: tuner)
      var graph = try plan.graph()
      let seeds = graph.outputs.map { output in
        (
          value: output.value,
          gradient: graph.addInput("gradient of \(output.name)", type: graph[output.value].type)
        )
      }
      let trained = graph.parameters.filter { $0.role == .adapter(plan.adapter.name) }
        .compactMap { graph.parameter(named: $0.name).flatMap(graph.value) }
      #expect(try graph.addGradients(seeds, to: trained).contains { $0 != nil })
      let used = Set(graph.nodes.map(\.operation.name))
      #expect(used.subtracting(Self.names) == [])
    }
  }

  @Test("It has what is compared with PyTorch")
  func recorded() throws {
    let recorded = Set(try RecordedOperator.all().map(\.operator))
    #expect(recorded.subtracting(Self.names) == [])
  }
}
