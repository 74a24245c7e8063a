#if os(Linux)
  import Foundation
  import Glibc
  import Peft
  import PeftTestSupport
  import Testing

  @Suite("A run is resolved once") struct OpenedOnceTests {
    private let folder: TemporaryFolder
    private let recipe: TrainingRecipe

    /// A tiny GPT-2 with a tokenizer beside its weights, and texts.
    init() throws {
      folder = try TemporaryFolder()
      try folder.copy(Fixture.path("checkpoints/gpt2"), to: "model")
      try folder.file("model/tokenizer.json", Self.tokenizer)
      let rows = (0..<24).map { "{\"text\": \"\(String(repeating: "\($0 % 7)", count: 12))\"}\n" }
      try folder.file("train.jsonl", rows.joined())
      try folder.file("eval.jsonl", rows.prefix(6).joined())
      recipe = try TrainingRecipe(
        text: """
          model: \(folder.path)/model
          tuner: {lora: {r: 2, target_modules: [c_attn]}}
          data: {train: \(folder.path)/train.jsonl, eval: \(folder.path)/eval.jsonl}
          batch_size: 4
          sequence_length: 8
          epochs: 1
          eval_every: 2
          output: \(folder.path)/out
          """)
    }

    /// Digits, one a token.
    private static let tokenizer = """
      {"model": {"type": "BPE", "vocab": {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6}, \
      "merges": []}}
      """

    private static let needed = [
      "model/model.safetensors": 1, "model/tokenizer.json": 1, "train.jsonl": 1, "eval.jsonl": 1,
    ]

    /// How often each of the files is opened, by the system's count.
    private func opened(_ body: () throws -> Void) throws -> [String: Int] {
      let counter = try OpenCounter(folder.path, inside: ["", "model"])
      try body()
      return try counter.counts().filter { Self.needed[$0.key] != nil }
    }

    private func bakeoff() throws -> Bakeoff {
      try Bakeoff(
        recipe,
        ["lora:r=2,target_modules=[c_attn]", "lora:r=1", "randlora:match"].map {
          try BakeoffTuner($0)
        })
    }

    @Test("Training opens model, tokenizer and data once")
    func training() throws {
      #expect(try opened { try Trainer(recipe).run() } == Self.needed)
    }

    @Test("Going on opens them once more")
    func resuming() throws {
      try Trainer(recipe).run(until: { true })
      #expect(try opened { try Trainer(resuming: recipe.output).run() } == Self.needed)
    }

    @Test("A bake-off opens them once for all tuners, and once more when it goes on")
    func bakingOff() throws {
      let begun = try opened {
        let bakeoff = try bakeoff()
        var ended = 0
        try bakeoff.run({ if case .ended = $0 { ended += 1 } }, until: { ended == 1 })
        #expect(!bakeoff.isFinished)
      }
      #expect(begun == Self.needed)
      let resumed = try opened {
        let bakeoff = try Bakeoff(resuming: recipe.output)
        try bakeoff.run()
        #expect(bakeoff.isFinished)
      }
      #expect(resumed == Self.needed)
    }

    @Test("A plan opens the model once, also where the weights lack what the tuners save in full")
    func planning() throws {
      try folder.remove("model")
      try folder.copy(Fixture.path("checkpoints/bert-classifier"), to: "model")
      let weights = try Checkpoint(path: folder.path("model"))
      let kept = weights.names.filter { !$0.hasPrefix("classifier.") }
      try SafetensorsWriter.write(
        Dictionary(uniqueKeysWithValues: kept.map { ($0, try weights.tensor($0)) }),
        to: folder.path("model/model.safetensors"))
      var tuner = LoraConfig(r: 2, targetModules: ["query"])
      tuner.options.targets.modulesToSave = ["classifier"]
      let found = try opened {
        let model = try ModelSource(ModelDescription(folder.path("model")))
        let plans = try TrainingPlans(
          [tuner, tuner], of: model, batch: TrainingPlan.Batch(rows: 2, sequence: 8))
        #expect(plans.plans.count == 2)
      }
      #expect(found == ["model/model.safetensors": 1])
    }
  }

  /// Counts how often files are opened.
  private final class OpenCounter {
    private let descriptor: CInt
    /// The folders by their watches.
    private var folders: [CInt: String] = [:]

    private struct Failure: Error { let code = errno }

    /// - Parameter inside: The folders whose files are counted, by their paths in `path`.
    init(_ path: String, inside: [String]) throws {
      descriptor = inotify_init1(CInt(IN_NONBLOCK))
      guard descriptor >= 0 else { throw Failure() }
      for folder in inside {
        // That a file is closed stands between two events that the system would make one of.
        let watch = inotify_add_watch(
          descriptor, "\(path)/\(folder)", UInt32(IN_OPEN | IN_CLOSE_NOWRITE | IN_CLOSE_WRITE))
        guard watch >= 0 else { throw Failure() }
        folders[watch] = folder.isEmpty ? "" : "\(folder)/"
      }
    }

    deinit { close(descriptor) }

    /// Openings so far, by the files' paths.
    func counts() throws -> [String: Int] {
      var counts: [String: Int] = [:]
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let length = read(descriptor, &buffer, buffer.count)
        guard length > 0 else {
          guard length < 0, errno == EAGAIN else { throw Failure() }
          return counts
        }
        var place = 0
        buffer.withUnsafeBytes { bytes in
          while place < length {
            let event = bytes.loadUnaligned(fromByteOffset: place, as: inotify_event.self)
            let start = place + MemoryLayout<inotify_event>.size
            let name = bytes[start..<start + Int(event.len)].prefix { $0 != 0 }
            if event.mask & UInt32(IN_OPEN) != 0, let folder = folders[event.wd] {
              counts[folder + String(decoding: name, as: UTF8.self), default: 0] += 1
            }
            place = start + Int(event.len)
          }
        }
      }
    }
  }
#endif
