import ArgumentParser
import Peft
import PeftBasics
import PeftReports

struct FitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Say which tuners, batches and precisions fit into memory and time.",
    discussion: """
      The plan turned round: for every tuner and every length of examples, the batch size and the precision with \
      which training fits into --memory and is done first. Where nothing fits, activations are checkpointed. No \
      weights are read. Without --tuner, or with '--tuner all', every tuner is planned at a few settings of its own, on the model \
      family's default target modules. \(TunerHelp.explanation) In settings, | separates alternatives.

      The time is expected from what this machine reaches: it is measured in a few seconds, the first time, or \
      where --measure is given. It is that of the steps alone, without evaluations.

      EXAMPLES
        peft fit gpt2 --memory 4GB --tokens 2M --hours 8
        peft fit llama-3.2-1b --memory 16GB --tokens 2M --tuner 'lora:r=8|32' --tuner randlora
        peft fit gpt2 --sequence 256 --hours 1
        peft fit vit-b16 --set labels=10 --examples 50k

      COLUMNS
        batch        8 examples, or as many as fit; more where that is a tenth faster
        activations  checkpointed where nothing fits otherwise
        memory       the command's memory at its peak
        time         of all steps; done: when that is, if it begins now
      """)

  @OptionGroup var model: ModelOptions

  @Option(
    name: .customLong("tuner"),
    help: ArgumentHelp("A tuner with its settings; repeat it for several.", valueName: "tuner"))
  var tuners: [String] = []

  @Option(
    help: ArgumentHelp(
      "Memory there is: 16GB, 900MB; by default this machine's.", valueName: "size"),
    transform: byteCount)
  var memory: Int?

  @Option(
    help: ArgumentHelp("Tokens to train on: 2M, 500k.", valueName: "tokens"), transform: amount)
  var tokens: Int?

  @Option(
    help: ArgumentHelp("Examples to train on: 10k, all epochs together.", valueName: "examples"),
    transform: amount)
  var examples: Int?

  @Option(help: ArgumentHelp("Hours there are.", valueName: "hours"), transform: numberOfHours)
  var hours: Double?

  @Option(
    name: .customLong("sequence"),
    help: ArgumentHelp(
      "Length of examples, in tokens: 256, or several: 128,512.", valueName: "tokens"),
    transform: lengths)
  var sequences: [Int] = []

  @Option(help: ArgumentHelp("The only batch size.", valueName: "rows"), transform: amount)
  var batch: Int?

  @Option(
    help: ArgumentHelp("The only precision: f32 or bf16.", valueName: "numbers"),
    transform: { try choice($0, kind: "a precision") })
  var precision: Precision?

  @Option(help: "\(Known.optimizerNames), with settings: sgd:momentum=0.9.")
  var optimizer: String?

  @Flag(help: "Measure this machine anew.")
  var measure = false

  @Option(
    help: ArgumentHelp(
      "Threads to plan for; by default \(ThreadCount.variable), else as many as cores.",
      valueName: "number"),
    transform: numberOfThreads)
  var threads: Int?

  @OptionGroup var options: TunerOptions
  @OptionGroup var output: ReportOptions

  func validate() throws {
    guard tokens == nil || examples == nil else {
      throw ValidationError("Give either --tokens or --examples.")
    }
  }

  func run() throws {
    let requests = try options.requests(tuners, model.settings.known)
    let recipe = try optimizer.map {
      try OptimizerRecipe(named: $0, flag: "--optimizer", methods: Known.catalog.methods)
    }
    let description = try model.description()
    let given = requests.flatMap(\.variants)
    let graph = try description.storedGraph(for: given)
    let threads = try self.threads ?? ThreadCount.fromEnvironment()
    let choices = FittingPlans.Choices(
      sequences: sequences.isEmpty ? FittingPlans.usualSequences(of: graph) : sequences,
      precisions: precision.map { [$0] } ?? Precision.allCases, batch: batch,
      optimizer: recipe ?? OptimizerRecipe(), threads: threads)
    let limits = FittingPlans.Limits(
      memoryBytes: memory ?? MachineMemory.byteCount,
      amount: tokens.map { .tokens($0) } ?? examples.map { .examples($0) },
      seconds: hours.map { 3600 * $0 })
    func rates() throws -> MachineRates {
      try MeasuredRates.rates(threads: threads, anew: measure)
    }
    let plans =
      given.isEmpty
      ? try FittingPlans(
        surveying: Known.tuners, on: graph, choices: choices, rates: rates(), limits: limits,
        isStrict: options.strict)
      : try FittingPlans(
        given, on: graph, choices: choices, rates: rates(), limits: limits, isStrict: options.strict
      )
    try Terminal.write(plans.report(as: output.format, isStyled: Terminal.isStyled))
    Terminal.warn(description.warnings.map(\.description) + plans.warnings)
    if !plans.plans.contains(where: { plans.verdict(on: $0) == .fits }) {
      Terminal.warn(["nothing fits: allow more memory or hours, or shorter examples"])
    }
  }

  private static func amount(_ text: String) throws -> Int {
    guard case .parameters(let count)? = try? ParameterBudget(text) else {
      throw ValidationError("'\(text)' is not a number, such as 2M, 500k or 1000.")
    }
    return count
  }

  private static func lengths(_ text: String) throws -> [Int] {
    let lengths = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard lengths.allSatisfy({ $0.map { 1...(1 << 24) ~= $0 } ?? false }) else {
      throw ValidationError("'\(text)' are not lengths, such as 256 or 128,512.")
    }
    return lengths.compactMap { $0 }
  }

  /// `16GB`, `900 MB`, `12GiB`, or plain bytes.
  private static func byteCount(_ text: String) throws -> Int {
    let units: [(String, Double)] = [
      ("tib", 0x1p40), ("gib", 0x1p30), ("mib", 0x1p20), ("tb", 1e12), ("gb", 1e9), ("mb", 1e6),
      ("kb", 1e3), ("g", 1e9), ("m", 1e6), ("b", 1), ("", 1),
    ]
    let written = text.lowercased().filter { $0 != " " }
    let (unit, factor) = units.first { written.hasSuffix($0.0) } ?? ("", 1)
    guard let number = Double(written.dropLast(unit.count)), number.isFinite,
      case let bytes = (number * factor).rounded(), bytes >= 1, bytes < 0x1p53
    else { throw ValidationError("'\(text)' is not a size of memory, such as 16GB or 900MB.") }
    return Int(bytes)
  }
}
