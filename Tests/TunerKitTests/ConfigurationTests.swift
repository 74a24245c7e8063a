import ModelGraph
import OrderedCollections
import Testing

@testable import TunerKit

/// A tuner with one field of every type, to try configurations on.
struct SampleTuner: Tuner {
  static let name = "SAMPLE"
  init(_ configuration: SampleConfig, sites: [Site]) {}
  func update(of site: Site) -> WeightUpdate {
    site.trained("a", [site.outputs, 1], initially: .zeros)
      • site.trained("b", [1, site.inputs], initially: .ones)
  }
}

struct SampleConfig: TunerConfiguration {
  typealias Method = SampleTuner
  var rank = 4
  var rate = 0.0
  var flag = false
  var title = "none"
  var ranks: OrderedDictionary<String, Int> = [:]
  var options = AdapterOptions()

  static let rankSetting = RankSetting<SampleConfig>("r", \.rank)
  static let ownFields: [ConfigurationField<SampleConfig>] = [
    ConfigurationField("r", \.rank, "The rank.", rule: .atLeast(1)),
    ConfigurationField("rate", \.rate, "A rate.", rule: .probability),
    ConfigurationField("flag", \.flag, "A flag."),
    ConfigurationField("title", \.title, "A title."),
    ConfigurationField("ranks", \.ranks, "Ranks.", rule: .each(.atLeast(1))),
    // All tuners have it; this one wants another explanation.
    ConfigurationField("revision", \.options.revision, "Which revision."),
    .unsupported("use_magic", neutral: .bool(false), "Magic."),
  ]

  func validate() throws {
    if flag, rank == 1 {
      throw ConfigurationErrors([
        .contradiction(fields: ["flag", "r"], problem: "flag needs ranks", fix: "raise r")
      ])
    }
  }
}

@Suite("Configurations") struct ConfigurationTests {
  private func mistakes(
    _ values: OrderedDictionary<String, ConfigurationValue>
  ) -> [ConfigurationError] {
    do {
      _ = try SampleConfig(values)
      return []
    } catch { return (error as? ConfigurationErrors)?.errors ?? [] }
  }

  private func words(_ values: OrderedDictionary<String, ConfigurationValue>) -> String? {
    mistakes(values).first?.description
  }

  @Test("A mistake is named, with what to do about it")
  func mistakes() {
    #expect(
      words(["r": .integer(0)])
        == "r must be at least 1, not 0\n  fix: choose a value for r that is at least 1")
    #expect(
      words(["r": .text("8")])
        == "r must be a whole number, not \"8\"\n  fix: give r a whole number")
    #expect(words(["flag": .integer(1)])?.hasPrefix("flag must be true or false, not 1") == true)
    #expect(
      words(["rate": .number(1)])
        == "rate must be from 0 up to but not including 1, not 1.0\n"
        + "  fix: choose a value for rate that is from 0 up to but not including 1")
    #expect(
      words(["use_magic": .bool(true)])
        == "use_magic: true is not supported\n  fix: leave use_magic at false")
    #expect(
      words(["titel": .text("x")])
        == "sample has no field 'titel' (found \"x\")\n  fix: did you mean 'title'?")
    #expect(words(["zzzzzzzz": .integer(1)])?.contains("or allow unknown fields") == true)
    #expect(
      words(["ranks": .map(["a": .integer(0)])])?.hasPrefix("ranks must be at least 1") == true)
    #expect(words(["ranks": .map(["a": .text("x")])])?.hasPrefix("ranks must be a map") == true)
    #expect(words(["bias": .text("some")])?.hasPrefix("bias must be none, all, or") == true)
    #expect(words(["task_type": .text("X")])?.contains("SEQ_CLS") == true)
    #expect(
      words(["target_modules": .integer(1)])?.hasPrefix(
        "target_modules must be a list of names, a pattern, or all-linear, or null") == true)
    #expect(words(["layers_to_transform": .list([.text("a")])])?.contains("whole number") == true)
    #expect(words(["layers_pattern": .integer(1)])?.contains("a pattern") == true)
    #expect(words(["modules_to_save": .list([.integer(1)])])?.contains("a list of names") == true)
    #expect(words(["flag": .bool(true), "r": .integer(1)]) == "flag needs ranks\n  fix: raise r")
  }

  @Test("All mistakes of a configuration come together, in the order of its fields")
  func several() {
    let found = mistakes(["rate": .number(-1), "r": .integer(0), "x": .integer(1)])
    #expect(found.map(\.field) == ["rate", "r", "x"])
    let all = ConfigurationErrors(found).description
    #expect(all.split(separator: "\n").count == 6)
  }

  @Test("A configuration that was put together is checked like one that was read")
  func programmatic() throws {
    var configuration = SampleConfig()
    try configuration.check()
    configuration.rate = .nan
    configuration.rank = -1
    configuration.ranks = ["a": 0]
    configuration.options.bias = .only("some")
    let errors = #expect(throws: ConfigurationErrors.self) { try configuration.check() }
    #expect(errors?.errors.map(\.field) == ["bias", "r", "ranks", "rate"])
  }

  @Test("A field that all tuners have can be declared anew")
  func ownField() {
    let revisions = SampleConfig.fields.filter { $0.name == "revision" }
    #expect(revisions.map(\.summary) == ["Which revision."])
    #expect(SampleConfig.fields.map(\.name) == SampleConfig.fields.map(\.name).sorted())
  }

  @Test("Null, false and empty are what an unsupported field may say, if its neutral value is one")
  func unsupported() throws {
    for value: ConfigurationValue in [.null, .bool(false), .text(""), .list([]), .map([:])] {
      #expect(try SampleConfig(["use_magic": value]) == SampleConfig())
    }
    #expect(SampleConfig().values["use_magic"] == .bool(false))
  }

  @Test("Settings of targets keep what PEFT tells apart")
  func targets() throws {
    func options(_ field: String, _ value: ConfigurationValue) throws -> TargetSelection {
      try SampleConfig([field: value]).options.targets
    }
    #expect(try options("target_modules", .text("ALL-linear")).targetModules == .allLinear)
    #expect(try options("target_modules", .text(".*q")).targetModules == .pattern(".*q"))
    #expect(try options("target_modules", .list([])).targetModules == .names([]))
    #expect(try options("target_modules", .null).targetModules == nil)
    #expect(try options("layers_to_transform", .integer(0)).layersToTransform == .one(0))
    #expect(try options("layers_to_transform", .list([])).layersToTransform == .many([]))
    #expect(try options("layers_pattern", .text("")).layersPattern == [])
    #expect(try options("layers_pattern", .null).layersPattern == nil)
    #expect(try options("layers_pattern", .text("h")).layersPattern == ["h"])
    #expect(try options("modules_to_save", .text("head")).modulesToSave == ["head"])
    #expect(try options("modules_to_save", .null).modulesToSave == [])
  }

  @Test("Names are written sorted, one pattern alone as a text")
  func written() throws {
    var configuration = SampleConfig()
    configuration.options.targets = TargetSelection(
      targetModules: ["v", "q"], layersToTransform: .many([2, 1]), layersPattern: ["h"],
      modulesToSave: ["b", "a"], taskType: .causalLanguageModel)
    let values = configuration.values
    #expect(values["target_modules"] == .list([.text("q"), .text("v")]))
    #expect(values["layers_to_transform"] == .list([.integer(2), .integer(1)]))
    #expect(values["layers_pattern"] == .text("h"))
    #expect(values["modules_to_save"] == .list([.text("b"), .text("a")]))
    #expect(values["task_type"] == .text("CAUSAL_LM"))
    #expect(try SampleConfig(values).values == values)
    #expect(
      Array(configuration.changedValues.keys) == [
        "layers_pattern", "layers_to_transform", "modules_to_save", "target_modules", "task_type",
      ])
  }

  @Test("Errors about the whole configuration have words too")
  func general() {
    let errors: [ConfigurationError] = [
      .notAMap(.list([])), .noTunerNamed(known: ["LORA"]), .modelConfiguration,
    ]
    for error in errors {
      #expect(error.field == nil)
      #expect(error.description.contains("\n  fix: "))
    }
  }
}

@Suite("Values of configurations") struct ConfigurationValueTests {
  static let value = ConfigurationValue.map([
    "text": .text("a\"b\\c\n\r\t\u{1}é"), "none": .null, "flag": .bool(true),
    "list": .list([.integer(-1), .number(0.5), .list([]), .map([:])]),
  ])

  @Test("A value prints as JSON on one line, and as a file")
  func printed() {
    let line =
      #"{"text": "a\"b\\c\n\r\t\u0001é", "none": null, "flag": true, "#
      + #""list": [-1, 0.5, [], {}]}"#
    #expect(Self.value.description == line)
    #expect(
      Self.value.text(.indented) == """
        {
          "text": "a\\"b\\\\c\\n\\r\\t\\u0001é",
          "none": null,
          "flag": true,
          "list": [
            -1,
            0.5,
            [],
            {}
          ]
        }
        """)
  }

  @Test("What says nothing, and what kind a value is")
  func kinds() {
    let all: [(ConfigurationValue, isNeutral: Bool, kind: String)] = [
      (.null, true, "null"), (.bool(false), true, "true or false"),
      (.bool(true), false, "true or false"), (.integer(0), false, "a whole number"),
      (.number(0), false, "a number"), (.text(""), true, "text"), (.text("a"), false, "text"),
      (.list([]), true, "a list"), (.list([.null]), false, "a list"), (.map([:]), true, "a map"),
      (.map(["a": .null]), false, "a map"),
    ]
    for (value, isNeutral, kind) in all {
      #expect(value.isNeutral == isNeutral)
      #expect(value.kindName == kind)
    }
  }

  @Test(
    "A whole number is written without a fraction, whatever its size",
    arguments: [
      (8.0, ConfigurationValue.integer(8)), (0.5, .number(0.5)), (1e308, .number(1e308)),
      (-0.0, .integer(0)), (9e18, .integer(9_000_000_000_000_000_000)),
    ])
  func numbers(number: Double, value: ConfigurationValue) {
    #expect(number.configurationValue == value)
    #expect(Double(configurationValue: value) == number)
  }
}

@Suite("Sizes that tuners multiply") struct BoundedSizesTests {
  /// A tuner whose author multiplies without a check, twice.
  private struct PlainTuner: Tuner {
    static let name = "PLAIN"
    let configuration: PlainConfig
    init(_ configuration: PlainConfig, sites: [Site]) { self.configuration = configuration }

    func update(of site: Site) -> WeightUpdate {
      let row = configuration.r * site.inputs
      let all = configuration.r * site.outputs * site.inputs
      return site.trained("a", [site.outputs, configuration.r], initially: .zeros)
        • site.trained("b", [row], initially: .ones).reshaped([configuration.r, site.inputs])
        + .frozen("c", [all], initially: .zeros).leading([site.outputs * site.inputs])
        .reshaped([site.outputs, site.inputs])
    }
  }

  private struct PlainConfig: TunerConfiguration {
    typealias Method = PlainTuner
    var r = 4
    var seed = 0
    var options = AdapterOptions()
    static let rankSetting = RankSetting<PlainConfig>("r", \.r)
    static let ownFields: [ConfigurationField<PlainConfig>] = [
      ConfigurationField("r", \.r, "The rank."),
      ConfigurationField("seed", \.seed, "Random seed.", isBounded: false),
    ]
  }

  private func graph(_ sizes: [Int]) throws -> Graph {
    var graph = Graph(name: "g")
    graph.declareModule("m", kind: .linear)
    _ = try graph.addParameter(Parameter(name: "m.weight", shape: sizes))
    return graph
  }

  private func message(_ r: Int, _ sizes: [Int]) -> String? {
    do {
      let read = try PlainConfig(["r": .integer(r), "target_modules": .list([.text("m")])])
      _ = try Adapter(read, for: graph(sizes))
    } catch { return "\(error)" }
    return nil
  }

  @Test(
    "A whole number beyond them is refused, read from a file or set in a program",
    arguments: [.max, .max - 1, 1 << 62, 1 << 32, 1 << 21, -(1 << 21), .min])
  func ranks(r: Int) throws {
    let limit = r > 0 ? "at most 2097151" : "at least -2097151"
    let expected = "r must be \(limit), not \(r)\n  fix: choose a value for r that is \(limit)"
    #expect(message(r, [4, 4]) == expected)
    var configuration = PlainConfig()
    configuration.r = r
    configuration.options.targets.targetModules = ["m"]
    let error = #expect(throws: ConfigurationErrors.self) {
      try Adapter(configuration, for: graph([4, 4]))
    }
    #expect(error?.description == expected)
  }

  @Test("The largest are multiplied, and counted or refused", arguments: [1, 4, 2_097_151])
  func largest(r: Int) {
    #expect(message(r, [2_097_151, 2_097_151]) == nil)
  }

  @Test("A weight with a larger side is refused", arguments: [[1 << 21, 4], [4, 1 << 40]])
  func weights(sizes: [Int]) {
    #expect(
      message(4, sizes) == """
        the weight of m is \(sizes): tuners are for sizes up to 2097151
          fix: leave it out of target_modules
        """)
  }

  @Test("A seed may be any number")
  func seeds() throws {
    for seed in [Int.max, .min] {
      #expect(try PlainConfig(["seed": .integer(seed)]).seed == seed)
    }
  }
}
