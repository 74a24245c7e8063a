import Foundation
import Peft
import PeftTestSupport
import PluginContract
import Testing

/// Adapters of tuners that this package does not have, as PEFT saved them; see
/// `Tests/Fixtures/generate/outside.py`.
struct OutsideAdapter: Decodable, Sendable, CustomTestStringConvertible {
  struct File: Decodable, Sendable, CustomTestStringConvertible {
    let model: String
    let tuner: String
    let config: [String: RecordedValue]
    let bytes: Int
    let trainable: Int
    var testDescription: String { "\(tuner) on \(model), \(config.keys.sorted())" }
  }

  struct Manifest: Decodable {
    let folders: [OutsideAdapter]
    let files: [File]
  }

  let folder: String
  let checkpoint: String
  let compare: String
  let trainable: Int

  static func manifest() throws -> Manifest { try Fixture.decode("outside/manifest.json") }

  static func registry() throws -> TunerRegistry {
    var registry = TunerRegistry.standard
    try registry.register(IA3Tuner.self)
    try registry.register(VeRATuner.self)
    return registry
  }

  var path: String { Fixture.path("outside/\(folder)") }
  var testDescription: String { folder }

  func base() throws -> Model {
    try Model(Fixture.path("checkpoints/\(checkpoint)"))
  }

  func recordedCase() throws -> RecordedCase {
    try RecordedCase(path: "\(path)/case.safetensors", comparesAll: compare == "all")
  }

  func weights(on base: Model) throws -> AdapterWeights {
    try AdapterFolder(path, registry: Self.registry()).weights(for: base)
  }
}

@Suite("Tuners from outside answer as PEFT's") struct OutsideTunerTests {
  @Test("All rows are replayed")
  func allRows() throws {
    let manifest = try OutsideAdapter.manifest()
    #expect(manifest.folders.count == 4 && manifest.files.count == 3)
  }

  @Test("A saved adapter answers as in PEFT", arguments: try OutsideAdapter.manifest().folders)
  func forward(adapter: OutsideAdapter) throws {
    let base = try adapter.base()
    let weights = try adapter.weights(on: base)
    let item = try adapter.recordedCase()
    let answer = try base.adapted(by: [weights])(item.inputs)
    #expect(item.distance(of: answer) <= RecordedAdapter.tolerance)
    #expect(try Budget(weights.adapter, on: base.graph).trainableParameters == adapter.trainable)
  }

  @Test("Merged, weights and biases are PEFT's", arguments: try OutsideAdapter.manifest().folders)
  func merged(adapter: OutsideAdapter) throws {
    let base = try adapter.base()
    let merged = try base.merged(with: [adapter.weights(on: base)])
    let file = try SafetensorsFile(path: "\(adapter.path)/merged.safetensors")
    #expect(file.names.contains { $0.hasSuffix(".bias") })
    for name in file.names {
      let expected = try #require(file.tensor(name))
      let id = try #require(merged.graph.parameter(named: name), "\(name)")
      let found = try #require(merged.tensor(of: id))
      #expect(found.shape == expected.shape, "\(name)")
      for (own, recorded) in zip(found.floats(), expected.floats()) {
        #expect(abs(own - recorded) <= 1e-6 * max(1, abs(recorded)), "\(name)")
      }
    }
    let item = try adapter.recordedCase()
    #expect(item.distance(of: try merged(item.inputs)) <= RecordedAdapter.tolerance)
  }

  @Test("An IA3 of biased layers changes their biases, but not those of feed-forward modules")
  func biases() throws {
    let adapter = try #require(
      try OutsideAdapter.manifest().folders.first { $0.folder == "gpt2-ia3" })
    let base = try adapter.base()
    let matrices = try UpdateMatrices(adapter.weights(on: base), on: base)
    for update in matrices.adapter.updates {
      let bias = try matrices.bias(update)
      #expect((bias == nil) == update.site.path.hasSuffix("mlp.c_proj"), "\(update.site.path)")
      if let bias { #expect(bias.floats().contains { abs($0) > 1e-3 }) }
    }
  }

  @Test("A bias that is trained as well is scaled as it was trained, merged or not")
  func trainedBias() throws {
    let base = try Model(Fixture.path("checkpoints/gpt2"))
    var configuration = IA3Config()
    configuration.options.targets.targetModules = ["c_attn", "c_fc"]
    configuration.options.bias = .only("ia3_only")
    let adapter = try Adapter(configuration, for: base.graph)
    var tensors = try AdapterWeights(adapter, on: base).tensors
    for (name, tensor) in tensors {
      let noise = Numbers.pseudorandom(name, shape: tensor.shape).values
      tensors[name] = Tensor(
        zip(tensor.floats(), noise).map { $0 + Float($1) / 2 }, shape: tensor.shape)
    }
    let trained = AdapterWeights(adapter, tensors: tensors)
    // The same in two steps: the biases in the base, and then an IA3 that trains none.
    var parameters: [Parameter.ID: Tensor] = [:]
    for id in base.graph.modules.parameters { parameters[id] = base.tensor(of: id) }
    for copy in adapter.copies {
      parameters[copy.original] = tensors[copy.parameterName(adapter: adapter.name)]
    }
    configuration.options.bias = .none
    let scaled = AdapterWeights(try Adapter(configuration, for: base.graph), tensors: tensors)
    let inputs = ["input_ids": Tensor([1, 5, 2, 9], shape: [1, 4])]
    let expected = try Model(base.graph, parameters: parameters).adapted(by: [scaled])(inputs)
    let unscaled = try Model(base.graph, parameters: parameters)(inputs)
    let item = RecordedCase(outputs: expected)
    #expect(item.distance(of: unscaled) > 1e-2)
    #expect(item.distance(of: try base.adapted(by: [trained])(inputs)) == 0)
    #expect(item.distance(of: try base.merged(with: [trained])(inputs)) < 1e-5)
    // As a LoRA of full rank with a bias beside the trained ones.
    let lora = try trained.convertedToLoRA(.share(1), on: base).adapter
    #expect(item.distance(of: try base.adapted(by: [lora])(inputs)) < 1e-4)
  }

  @Test(
    "The file of a model at full size is as long as PEFT's",
    arguments: try OutsideAdapter.manifest().files)
  func length(file: OutsideAdapter.File) throws {
    let settings = RecordedSettings(file.tuner, file.config)
    let budget = try settings.applied(
      to: ModelDescription(file.model).graph(), from: OutsideAdapter.registry()
    ).budget
    #expect(budget.peftAdapterBytes == file.bytes)
    #expect(budget.trainableParameters == file.trainable)
  }

  static let ia3Contract = TunerContract(IA3Config.self, samples: [.feedForward])
  static let veraContract = TunerContract(VeRAConfig.self, samples: [.small])

  @Test("IA3 keeps the contract", arguments: ia3Contract.clauses)
  func ia3(_ clause: ContractClause) { #expect(clause.breaches() == []) }

  @Test("VeRA keeps the contract", arguments: veraContract.clauses)
  func vera(_ clause: ContractClause) { #expect(clause.breaches() == []) }
}

extension IA3Config {
  fileprivate static var feedForward: IA3Config {
    var configuration = IA3Config()
    configuration.feedForwardModules = ["down", "attn", "head"]
    return configuration
  }
}

extension VeRAConfig {
  fileprivate static var small: VeRAConfig {
    var configuration = VeRAConfig()
    (configuration.r, configuration.start, configuration.key) = (3, 0.4, 7)
    return configuration
  }
}
