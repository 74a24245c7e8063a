import Foundation
import Peft
import Testing

@Suite("Adapters that are damaged, or mean harm") struct HostileAdapterTests {
  private static let down = "base_model.model.transformer.h.0.attn.c_attn.lora_A.weight"
  private static let up = "base_model.model.transformer.h.0.attn.c_attn.lora_B.weight"

  /// A change of the configuration, and what the error begins with and contains.
  struct Setting: Sendable, CustomTestStringConvertible {
    let field: String
    let value: String
    let says: String
    var adapter = "gpt2-lora"
    var testDescription: String { "\(field): \(value)" }
  }

  static let settings = [
    Setting(
      field: "target_modules", value: #""([a-z0-9_.]+)+[^a-z0-9_.]+([a-z0-9_.]+)+""#,
      says: "too many ways to match"),
    Setting(field: "target_modules", value: #""((((c_attn""#, says: "is not a regular expression"),
    Setting(field: "target_modules", value: #"["../../../etc/passwd"]"#, says: "no module matches"),
    Setting(
      field: "target_modules", value: #"{"a": 1}"#, says: "target_modules must be a list of names"),
    Setting(
      field: "r", value: "2000000",
      says: "the adapter would have 1656000000 parameters, for a model of 25134"),
    Setting(
      field: "r", value: "9223372036854775807",
      says: "r must be at most 2097151, not 9223372036854775807"),
    Setting(
      field: "r", value: "5", says: "the file's rank is 4, the configuration's 5: set r to 4"),
    Setting(field: "r", value: "-1", says: "r must be at least 1, not -1"),
    Setting(field: "r", value: "1e400", says: "r must be a whole number"),
    Setting(field: "lora_alpha", value: "1e400", says: "lora_alpha must be"),
    Setting(field: "lora_dropout", value: "1.5", says: "lora_dropout must be from 0"),
    Setting(
      field: "rank_pattern", value: #"{"(a+)+$": 2097151}"#, says: ""),
    Setting(
      field: "rank_pattern", value: #"{"(a+)+$": 4611686018427387904}"#,
      says: "rank_pattern must be at most 2097151"),
    Setting(
      field: "rank_pattern", value: #"{"c_attn": 0}"#, says: "rank_pattern must be at least 1"),
    Setting(field: "modules_to_save", value: #"["h"]"#, says: "no module is left to adapt"),
    Setting(
      field: "modules_to_save", value: #"["c_attn"]"#,
      says: "missing (4):\n    base_model.model.transformer.h.0.attn.c_attn.weight\n"),
    Setting(field: "layer_replication", value: "[[0, 1000000000]]", says: "no list of layers"),
    Setting(field: "layer_replication", value: "[[3, 1]]", says: "layer_replication must be"),
    Setting(field: "bias", value: #""lora""#, says: "bias must be none, all"),
    Setting(field: "init_lora_weights", value: #""sica""#, says: "init_lora_weights must be true"),
    Setting(field: "peft_type", value: #""../LORA""#, says: "no tuner is called '../LORA'"),
    Setting(field: "peft_type", value: "[1]", says: "no tuner is called"),
    Setting(field: "eva_config", value: #"{"rho": 2.0}"#, says: ""),
    Setting(field: "eva_config", value: "3", says: "eva_config must be a map"),
    Setting(field: "arrow_config", value: #"{"top_k": 2}"#, says: "arrow_config: "),
    Setting(field: "r", value: "null", says: "r must be a whole number, not null"),
    Setting(field: "bias", value: "null", says: "bias must be none, all"),
    Setting(field: "new_field", value: "3", says: "lora has no field 'new_field' (found 3)"),
    Setting(field: "new_field", value: "null", says: ""),
    Setting(field: "new_field", value: "{}", says: ""),
    Setting(
      field: "r", value: "2000000", says: "the adapter would have", adapter: "gpt2-randlora"),
    Setting(
      field: "projection_prng_key", value: "1", says: "", adapter: "gpt2-randlora"),
    Setting(
      field: "projection_prng_key", value: "99999999999999999999",
      says: "projection_prng_key must be a whole number", adapter: "gpt2-randlora"),
  ]

  @Test("A configuration gets one error that says what to do, at once", arguments: settings)
  func configuration(setting: Setting) throws {
    let value = try JSONSerialization.jsonObject(
      with: Data("[\(setting.value.replacingOccurrences(of: "1e400", with: "1e308"))]".utf8))
    let fields = try #require(value as? [Any])
    let adapter = try ChangedAdapter(
      setting.adapter, settings: { $0[setting.field] = fields[0] }, change: { _ in })
    if setting.value.contains("1e400") {
      // No JSON writer makes a number that is too large.
      let path = "\(adapter.path)/adapter_config.json"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try text.replacing(/1e\+?308/, with: "1e400").write(
        toFile: path, atomically: true, encoding: .utf8)
    }
    let clock = ContinuousClock()
    var error = ""
    let time = try clock.measure { error = try adapter.error() }
    #expect(setting.says.isEmpty ? error.isEmpty : error.contains(setting.says), "\(error)")
    #expect(
      setting.says.isEmpty || error.contains("fix: ") || error.contains(": choose"), "\(error)")
    #expect(time < .seconds(20))
  }

  /// A start from data, or what Python takes for off, and what is said about it.
  static let harmless: [(field: String, value: any Sendable, warning: String)] = [
    ("init_lora_weights", "eva", ""),
    ("init_lora_weights", "corda", "the adapter began with corda"),
    (
      "init_lora_weights", "loftq",
      "the adapter began with loftq, which changes the weights of the "
    ),
    ("init_lora_weights", "lora_ga", "the adapter began with lora_ga"),
    ("init_lora_weights", "mica", "the adapter began with mica, and PEFT trains its A alone"),
  ]

  @Test("How A began does not matter once the file has it", arguments: 0..<5)
  func startsFromData(index: Int) throws {
    let (field, value, warning) = Self.harmless[index]
    let adapter = try ChangedAdapter(
      "gpt2-lora",
      settings: {
        $0[field] = value
        $0["eva_config"] = ["rho": 2.0, "tau": 0.99]
        $0["loftq_config"] = ["loftq_bits": 4]
      }, change: { _ in })
    let item = try adapter.recorded.recordedCase()
    let base = try adapter.recorded.base()
    let model = try adapter.folder.applied(to: base)
    #expect(item.distance(of: try model(item.inputs)) <= RecordedAdapter.tolerance)
    let warnings = try adapter.folder.weights(for: base).adapter.warnings
    #expect(warning.isEmpty ? warnings.isEmpty : warnings.contains { $0.hasPrefix(warning) })
    let fresh = #expect(throws: AdapterError.self) {
      try AdapterWeights(adapter.folder.adapter(for: base.graph), on: base)
    }
    #expect(
      fresh?.problem == "lora_A.weight starts from data, which only PEFT takes it from")
    #expect(fresh?.fix == "choose another start, or give an adapter that PEFT has started")
  }

  @Test(
    "null is off where Python takes it so",
    arguments: [
      (
        "gpt2-lora",
        [
          "use_dora", "use_rslora", "lora_bias", "inference_mode", "megatron_core",
          "qalora_group_size", "use_qalora", "ensure_weight_tying", "loftq_config", "rank_pattern",
          "alpha_pattern", "init_lora_weights", "fan_in_fan_out",
        ]
      ),
      (
        "gpt2-randlora",
        ["sparse", "very_sparse", "inference_mode", "init_weights", "layers_pattern"]
      ),
    ])
  func null(name: String, fields: [String]) throws {
    let adapter = try ChangedAdapter(
      name, settings: { for field in fields { $0[field] = NSNull() } }, change: { _ in })
    #expect(try adapter.error() == "")
    let item = try adapter.recorded.recordedCase()
    let model = try adapter.folder.applied(to: adapter.recorded.base())
    #expect(item.distance(of: try model(item.inputs)) <= RecordedAdapter.tolerance)
  }

  @Test("Numbers that are none are refused by name")
  func notFinite() throws {
    for number in [Float.nan, .infinity, -.infinity] {
      let adapter = try ChangedAdapter("gpt2-lora") { tensors in
        var floats = tensors[Self.down]!.floats()
        floats[7] = number
        tensors[Self.down] = Tensor(floats, shape: tensors[Self.down]!.shape)
      }
      #expect(
        try adapter.error() == """
          FOLDER: 1 tensor does not fit
            inf or NaN (1):
              \(Self.down)
            fix: the file contains inf or NaN: use an earlier save of the adapter
          """)
    }
  }

  @Test("Whole numbers in place of real ones are refused")
  func integers() throws {
    let adapter = try ChangedAdapter("gpt2-lora") { tensors in
      let tensor = tensors[Self.down]!
      tensors[Self.down] = Tensor([Int](repeating: 1, count: tensor.count), shape: tensor.shape)
    }
    #expect(try adapter.error().contains("not of real numbers (1):\n    \(Self.down) is "))
  }

  @Test("Names that lead out of the folder are names like any other")
  func paths() throws {
    let adapter = try ChangedAdapter("gpt2-lora") { tensors in
      tensors["../../../../tmp/evil"] = Tensor([1 as Float], shape: [1])
    }
    let error = try adapter.error()
    #expect(error.contains("not expected (1):\n    ../../../../tmp/evil\n"))
    #expect(error.contains("the file has more than adapter_config.json asks for"))
  }

  @Test("An empty file lacks everything, and says so once")
  func empty() throws {
    let adapter = try ChangedAdapter("gpt2-lora") { $0 = [:] }
    let error = try adapter.error()
    #expect(error.hasPrefix("FOLDER: 16 tensors do not fit\n  missing (16):\n"))
  }

  @Test("The likeliest cause is named")
  func causes() throws {
    func error(_ rename: (String) -> String) throws -> String {
      try ChangedAdapter("gpt2-lora") { tensors in
        tensors = Dictionary(uniqueKeysWithValues: tensors.map { (rename($0.key), $0.value) })
      }.error()
    }
    #expect(
      try error { $0.replacing("lora_A.weight", with: "lora_A.default.weight") }
        == "")
    #expect(
      try error { $0.replacing("model.transformer.", with: "model.") }
        .contains("fix: the file's modules lack 'transformer' in front: it was made for the model"))
    #expect(
      try error { $0.replacing("model.transformer.", with: "model.language.transformer.") }
        .contains("fix: the file's modules have 'language' in front: it was made for another class")
    )
    let wider = try ChangedAdapter("gpt2-lora") { tensors in
      for (name, tensor) in tensors where name.hasSuffix("lora_A.weight") {
        let shape = [tensor.shape[0], tensor.shape[1] * 2]
        tensors[name] = Tensor([Float](repeating: 1, count: shape[0] * shape[1]), shape: shape)
      }
    }
    #expect(try wider.error().contains("fix: the sizes are those of another base model"))
  }

  @Test("Without the wrapper's prefix the names are understood, too")
  func bareNames() throws {
    let adapter = try ChangedAdapter("gpt2-lora") { tensors in
      tensors = Dictionary(
        uniqueKeysWithValues: tensors.map {
          (String($0.key.dropFirst("base_model.model.".count)), $0.value)
        })
    }
    #expect(try adapter.error() == "")
  }

  @Test("Lenient, what does not fit is a warning, and starts fresh")
  func lenient() throws {
    let adapter = try ChangedAdapter("gpt2-lora") { tensors in
      tensors[Self.down] = nil
      tensors["base_model.model.extra"] = Tensor([1 as Float], shape: [1])
      tensors[Self.up] = Tensor([Float](repeating: .nan, count: 480), shape: [120, 4])
    }
    #expect(try adapter.error().contains("3 tensors do not fit"))
    #expect(try adapter.error(isLenient: true) == "")
    let warnings = try adapter.warnings(isLenient: true)
    #expect(warnings.count == 1)
    #expect(warnings[0].hasPrefix("FOLDER: 3 tensors do not fit\n  missing (1):\n    \(Self.down)"))
    let weights = try AdapterFolder(adapter.path)
      .weights(for: adapter.recorded.base(), isLenient: true)
    let fresh = weights.tensors["transformer.h.0.attn.c_attn.lora_B.default.weight"]
    #expect(fresh?.floats() == [Float](repeating: 0, count: 480))
  }

  @Test("Bases that metadata know better are refused")
  func digests() throws {
    let digest = String(repeating: "0", count: 64)
    let changed = try ChangedAdapter(
      "gpt2-randlora-unsaved",
      metadata: ["bases.torch": ">=2.12", "bases.sha256.randlora_A": digest]
    ) { _ in }
    #expect(
      try changed.error().contains(
        "randlora_A drawn from key 5 is not what the adapter was trained with"))
    let older = try ChangedAdapter("gpt2-randlora-unsaved", metadata: ["bases.torch": "<=2.11"]) {
      _ in
    }
    #expect(try older.error() == "")
    #expect(try older.warnings() == [])
  }

  @Test("Bases in a file count, whatever save_projection says")
  func unannouncedBases() throws {
    let name = "llama-randlora-bases-earlier"
    let adapter = try ChangedAdapter(
      name, settings: { $0["save_projection"] = false }, change: { _ in })
    let item = try adapter.recorded.recordedCase()
    let model = try AdapterFolder(adapter.path).applied(to: adapter.recorded.base())
    #expect(item.distance(of: try model(item.inputs)) <= RecordedAdapter.tolerance)
  }
}
