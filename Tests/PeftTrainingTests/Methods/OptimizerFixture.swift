import Peft
import PeftTestSupport
import Testing

/// `optimizers.json`: what torch and transformers computed, step by step.
///
/// Settings carry the names that recipes have, so that a row is replayed by what is declared, whichever
/// optimizer or schedule it is of.
enum OptimizerFixture {
  /// Where rows are added.
  static let generator = "Tests/Fixtures/generate/optimizers.py"

  static let runs = Result {
    try Fixture.rows("optimizers.json", at: "optimizers", as: Run.self, exactly: 23)
  }
  static let schedules = Result {
    try Fixture.rows("optimizers.json", at: "schedules", as: Schedule.self, exactly: 38)
  }
  static let clipping = Result {
    try Fixture.rows("optimizers.json", at: "clipping", as: Clipping.self, exactly: 5)
  }
  private static let parameters = Result {
    try Fixture.decode("optimizers.json", as: AllParameters.self)
  }

  /// What an optimizer is given.
  struct Parameters: Decodable {
    let shapes: [[Int]]
    let start: [[Float]]
    /// For every step and parameter.
    let gradients: [[[Float]]]
  }

  /// Vectors, and matrices beside them.
  private struct AllParameters: Decodable {
    let start: [[Float]]
    let gradients: [[[Float]]]
    let matrices: Parameters
  }

  /// The parameters that a run is on.
  static func parameters(of run: Run) throws -> Parameters {
    let all = try parameters.get()
    guard let name = run.on else {
      return Parameters(
        shapes: all.start.map { [$0.count] }, start: all.start, gradients: all.gradients)
    }
    try #require(name == "matrices")
    return all.matrices
  }

  struct Run: Decodable, CustomStringConvertible {
    let optimizer: String
    /// Which parameters; vectors where nil.
    fileprivate let on: String?
    /// What torch was given, for each parameter.
    private let settings: [String: [RecordedValue]]
    /// For every step and parameter.
    let learningRates: [[Double]]
    let parameters: [[[Float]]]

    private enum CodingKeys: String, CodingKey {
      case optimizer, on, settings, parameters
      case learningRates = "learning_rates"
    }

    var description: String {
      let settings = settings.sorted { $0.key < $1.key }.map { name, values in
        // Once where it is the same for all parameters.
        let words = values.map { "\($0.value)" }
        return "\(name)=\(Set(words).count == 1 ? words[0] : words.joined(separator: "|"))"
      }
      let first = "\(optimizer)\(on.map { " on \($0)" } ?? "")"
      return ([first] + settings + ["rates \(learningRates[0])"]).joined(separator: " ")
    }

    /// The weight decay of each parameter.
    var weightDecays: [Double] {
      get throws {
        try #require(settings["weight_decay"]).map {
          try #require(Double(configurationValue: $0.value))
        }
      }
    }

    /// The method with the first parameter's settings: all have the same, but for weight decay.
    func method() throws -> any OptimizerMethod {
      let own = settings.filter { $0.key != "weight_decay" }.compactMapValues(\.first)
      return try OptimizerRecipe(
        named: RecordedValue.inline(optimizer.lowercased(), own), flag: "fixture"
      ).method
    }
  }

  struct Clipping: Decodable {
    let limit: Double
    let before: [[Float]]
    let norm: Double
    let after: [[Float]]
  }

  struct Schedule: Decodable, CustomStringConvertible {
    /// The name that transformers has for it.
    let schedule: String
    let warmup: Int
    let steps: Int
    let learningRate: Double
    /// For every step from 0 on, some beyond the last.
    let factors: [Double]
    private let settings: [String: RecordedValue]

    private enum CodingKeys: String, CodingKey, CaseIterable {
      case schedule, warmup, steps, factors
      case learningRate = "learning_rate"
    }

    init(from decoder: any Decoder) throws {
      let row = try decoder.container(keyedBy: CodingKeys.self)
      schedule = try row.decode(String.self, forKey: .schedule)
      warmup = try row.decode(Int.self, forKey: .warmup)
      steps = try row.decode(Int.self, forKey: .steps)
      learningRate = try row.decode(Double.self, forKey: .learningRate)
      factors = try row.decode([Double].self, forKey: .factors)
      settings = try [String: RecordedValue](from: decoder)
        .filter { CodingKeys(rawValue: $0.key) == nil }
    }

    var description: String { RecordedValue.inline("\(schedule), \(warmup)", settings) }

    /// The name that recipes have for it.
    var name: String { schedule == "constant_with_warmup" ? "constant" : schedule }

    /// Arguments of transformers that are called otherwise in recipes.
    private static let otherNames = ["lr_end": "end_learning_rate", "num_cycles": "cycles"]

    /// The schedule in the recipe of a run of that length.
    func recipe() throws -> ScheduleRecipe {
      let known = TrainingMethods.standard.schedules.first { $0.name == name }
      let fields = known?.fieldNames ?? []
      let own = settings.map { key, value in
        (fields.contains(key) ? key : Self.otherNames[key] ?? key, value)
      }
      let text = RecordedValue.inline(name, Dictionary(uniqueKeysWithValues: own))
      let given: [(field: String, value: ConfigurationValue)] = [
        ("model", .text("gpt2")), ("tuner", .text("lora")), ("data", .text("t.txt")),
        ("output", .text("run")), ("steps", .integer(steps)), ("schedule", .text(text)),
        ("schedule.warmup_steps", .integer(warmup)),
        ("optimizer.learning_rate", .number(learningRate)),
      ]
      return try TrainingRecipe(
        given.map { RecipeOverride(flag: "--\($0.field)", field: $0.field, value: $0.value) }
      ).schedule
    }
  }
}

extension RecipeMethod {
  fileprivate static var fieldNames: [String] { fields.map(\.name) }
}

/// A setting as JSON has it.
struct RecordedValue: Decodable {
  let value: ConfigurationValue

  init(from decoder: any Decoder) throws {
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      value = .null
    } else if let flag = try? single.decode(Bool.self) {
      value = .bool(flag)
    } else if let number = try? single.decode(Double.self) {
      value = number.configurationValue
    } else if let text = try? single.decode(String.self) {
      value = .text(text)
    } else {
      value = .list(try single.decode([RecordedValue].self).map(\.value))
    }
  }

  /// A name with settings, as on a command line.
  static func inline(_ name: String, _ settings: [String: RecordedValue]) -> String {
    let fields = settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.value)" }
    return fields.isEmpty ? name : "\(name):\(fields.joined(separator: ","))"
  }
}
