import Foundation
import Peft
import PeftTestSupport
import PluginContract
import Testing

/// An AdaLoRA trained by PEFT; see `Tests/Fixtures/generate/outside.py`.
private struct RecordedSchedule: Decodable {
  struct Manifest: Decodable { let training: [RecordedSchedule] }

  let folder: String
  let checkpoint: String
  let batches: String
  let learningRate: Double
  let losses: [Double]
  let gradientNorms: [Double]
  /// After each step, by PEFT's names of `E`: 1 for a rank that is left.
  let kept: [[String: [Int]]]

  private enum CodingKeys: String, CodingKey {
    case folder, checkpoint, batches, losses, kept
    case learningRate = "learning_rate"
    case gradientNorms = "grad_norms"
  }
}

@Suite("A tuner with a schedule and terms of the loss") struct ScheduledTunerTests {
  static let registry: TunerRegistry = {
    var registry = TunerRegistry.standard
    do { try registry.register(AdaLoRATuner.self) } catch { preconditionFailure("\(error)") }
    return registry
  }()

  static let contract = TunerContract(AdaLoRAConfig.self, samples: [.scheduled])

  @Test("It keeps the contract", arguments: contract.clauses)
  func clause(_ clause: ContractClause) { #expect(clause.breaches() == []) }

  private func recorded() throws -> RecordedSchedule {
    let rows = try Fixture.decode("outside/manifest.json", as: RecordedSchedule.Manifest.self)
    return try #require(rows.training.first)
  }

  /// A training from the adapter that PEFT's started from.
  private func training(_ row: RecordedSchedule) throws -> AdapterTraining {
    let base = try Model(Fixture.path("checkpoints/\(row.checkpoint)"))
    // PEFT's file has LoRA's other fields, too.
    let folder = try AdapterFolder(
      Fixture.path("outside/\(row.folder)"), registry: Self.registry,
      allowsUnknown: true)
    return try AdapterTraining(
      folder.weights(for: base), on: base,
      settings: AdapterTraining.Settings(
        objective: TrainingObjective(of: base.graph), optimizer: OptimizerRecipe(weightDecay: 0.01),
        dropout: 0,
        totalSteps: row.losses.count))
  }

  private func pool(_ row: RecordedSchedule) throws -> [TrainingBatch] {
    try #require(try RecordedTraining.all().first { $0.hasBatches(named: row.batches) }).pool()
  }

  /// Which ranks are left, by PEFT's names.
  private func kept(_ training: AdapterTraining) -> [String: [Int]] {
    training.trainedTensors.filter { $0.key.contains("lora_E") }
      .mapValues { $0.floats().map { $0 == 0 ? 0 : 1 } }
  }

  @Test("Every loss, every norm and the ranks after every step are PEFT's")
  func parity() throws {
    let row = try recorded()
    let (training, pool) = (try training(row), try pool(row))
    for step in row.losses.indices {
      let result = try training.step(
        [pool[step % pool.count]], learningRate: row.learningRate, seed: 0)
      #expect(abs(result.loss / row.losses[step] - 1) < 1e-5, "step \(step)")
      #expect(abs(result.gradientNorm / row.gradientNorms[step] - 1) < 1e-4, "step \(step)")
      #expect(kept(training) == row.kept[step], "step \(step)")
    }
    #expect(row.kept.last?.values.joined().reduce(0, +) == 12)
  }

  @Test("A term counts once in a step, however many micro-batches it has; an evaluation has none")
  func share() throws {
    let row = try recorded()
    let batch = try pool(row)[0]
    let (once, thrice) = (try training(row), try training(row))
    let measured = try once.measure(batch)
    let first = try once.step([batch], learningRate: 0.01, seed: 0)
    let second = try thrice.step([batch, batch, batch], learningRate: 0.01, seed: 0)
    #expect(abs(first.loss - row.losses[0]) < 1e-5 * first.loss)
    #expect(abs(second.loss / first.loss - 1) < 1e-6)
    #expect(abs(second.gradientNorm / first.gradientNorm - 1) < 1e-5)
    #expect(first.loss - measured.loss > 0.1)
  }

  @Test("A run that is resumed goes on with what the schedule remembers, to the bit")
  func resumed() throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.path
    defer { withExtendedLifetime(temporary) {} }
    let bytes = (0..<1400).map { UInt8($0.isMultiple(of: 2) ? $0 / 2 * 7 % 61 : 0) }
    try Data(bytes).write(to: URL(filePath: "\(folder)/tokens.bin"))
    func trainer(_ output: String) throws -> Trainer {
      let text = """
        model: \(Fixture.path("checkpoints/gpt2"))
        tuner: {adalora: {init_r: 4, target_r: 1, tfinal: 3, deltaT: 2, target_modules: [c_attn]}}
        data: {train: \(folder)/tokens.bin}
        batch_size: 2
        sequence_length: 8
        accumulate: 2
        steps: 10
        output: \(folder)/\(output)

        """
      return try Trainer(
        TrainingRecipe(text: text, registry: Self.registry), registry: Self.registry)
    }
    func saved(_ run: String) throws -> Data {
      try Data(contentsOf: URL(filePath: "\(folder)/\(run)/last/adapter_model.safetensors"))
    }
    try trainer("whole").run()
    var steps = 0
    try trainer("parts").run(
      until: {
        steps += 1
        return steps == 5
      })
    let state = try SafetensorsFile(path: "\(folder)/parts/state/training_state.safetensors")
    #expect(state.names.contains { $0.hasPrefix("schedule.mean.") })
    let rest = try Trainer(resuming: "\(folder)/parts", registry: Self.registry, threads: 1)
    #expect(rest.startStep == 5)
    try rest.run()
    #expect(try saved("parts") == saved("whole"))
    let file = try SafetensorsFile(path: "\(folder)/whole/last/adapter_model.safetensors")
    let ranks = file.names.filter { $0.hasSuffix("lora_E") }.flatMap {
      file.tensor($0)?.floats() ?? []
    }
    #expect(ranks.count == 8 && ranks.count { $0 != 0 } == 2)
  }

  @Test("Terms that are no matrices, or that nothing can be compared with, are refused")
  func refused() throws {
    let graph = try ModelDescription("gpt2").graph()
    func message(_ fault: FaultyTermTuner.Fault) -> String {
      var configuration = FaultyTermConfig()
      configuration.fault = fault.rawValue
      do { _ = try Adapter(configuration, for: graph) } catch { return "\(error)" }
      return ""
    }
    #expect(message(.none) == "")
    #expect(message(.wide).contains("rows [1] does not fit columns [768]"))
    #expect(message(.vector).contains("frobenius_norm"))
    #expect(
      message(.infinite).contains(
        "a term of the loss at transformer.h.0.attn.c_attn is multiplied by inf"))
  }
}

extension RecordedTraining {
  fileprivate func hasBatches(named name: String) -> Bool { batchesName == name }
}

extension AdaLoRAConfig {
  fileprivate static var scheduled: AdaLoRAConfig {
    var configuration = AdaLoRAConfig()
    (configuration.r, configuration.targetR, configuration.totalStep) = (3, 1, 4)
    return configuration
  }
}

/// A tuner whose term of the loss is none.
private struct FaultyTermTuner: Tuner {
  enum Fault: String { case none, wide, vector, infinite }

  static let name = "FAULTY"
  private let fault: Fault

  init(_ configuration: FaultyTermConfig, sites: [Site]) {
    fault = Fault(rawValue: configuration.fault) ?? .none
  }

  func update(of site: Site) -> WeightUpdate {
    site.trained("b", [site.outputs, 1], initially: .zeros) • row(of: site)
  }

  func lossTerms(at site: Site) -> [LossTerm] {
    let row = row(of: site)
    return switch fault {
    case .none: [LossTerm(1, squaredNorm: row)]
    case .wide: [LossTerm(1, norm: row, from: .identity)]
    case .vector: [LossTerm(1, norm: row.reshaped([site.inputs]))]
    case .infinite: [LossTerm(.infinity, norm: row)]
    }
  }

  private func row(of site: Site) -> WeightUpdate {
    site.trained("a", [1, site.inputs], initially: .ones)
  }
}

private struct FaultyTermConfig: TunerConfiguration {
  typealias Method = FaultyTermTuner
  var fault = "none"
  var options = AdapterOptions()
  static let ownFields: [ConfigurationField<FaultyTermConfig>] = [
    ConfigurationField("fault", \.fault, "What is wrong.")
  ]
}
