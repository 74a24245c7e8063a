import ArgumentParser
import Peft

/// `--adapter` and how adapters are read.
struct AdapterOptionGroup: ParsableArguments {
  @Option(
    name: .customLong("adapter"),
    help: ArgumentHelp(
      "An adapter's folder, as PEFT saves it; repeat it to sum several adapters.",
      valueName: "folder"))
  var paths: [String] = []

  @OptionGroup var reading: AdapterReadingOptions

  func validate() throws { try reading.validate(with: paths) }

  func folders(
    of description: ModelDescription, _ known: FamilyOptions
  ) throws -> [AdapterFolder] {
    try reading.folders(at: paths, of: description, known)
  }

  /// All adapters, for one model. They are told apart by their number.
  func weights(of folders: [AdapterFolder], for base: Model) throws -> [AdapterWeights] {
    try folders.enumerated().map { index, folder in
      let name = folders.count == 1 ? Adapter.defaultName : "adapter\(index + 1)"
      return try folder.weights(
        for: base, name: name, generation: reading.bases.generation, isLenient: reading.lenient)
    }
  }
}

/// `--adapter` where adapters are compared, not summed.
struct ComparedAdapterOptions: ParsableArguments {
  @Option(
    name: .customLong("adapter"),
    help: ArgumentHelp(
      "An adapter's folder, as PEFT saves it; repeat it to compare several.", valueName: "folder"))
  var paths: [String] = []

  @OptionGroup var reading: AdapterReadingOptions
}

/// How adapters are read, and which there are where none is given.
struct AdapterReadingOptions: ParsableArguments {
  @OptionGroup var bases: TorchBasesOption

  @Flag(help: "Only warn where tensors of an adapter are missing or do not fit.")
  var lenient = false

  @Flag(help: "Do not use an adapter that lies in the model's own folder.")
  var noAdapter = false

  func validate(with paths: [String]) throws {
    guard noAdapter, !paths.isEmpty else { return }
    throw ValidationError("Give either --adapter or --no-adapter.")
  }

  /// All adapters, in the order in which they are given; where there are none, the one that lies in the
  /// model's own folder, which transformers puts on as well.
  func folders(
    at paths: [String], of description: ModelDescription, _ known: FamilyOptions
  ) throws -> [AdapterFolder] {
    let used = try (paths.isEmpty ? pathsBeside(description) : paths).map {
      try AdapterFolder($0, registry: Known.tuners, allowsUnknown: known.unknown.allowUnknownFields)
    }
    guard used.isEmpty, bases.generation != nil || lenient else { return used }
    throw ValidationError("--torch-bases and --lenient need an --adapter.")
  }

  private func pathsBeside(_ description: ModelDescription) -> [String] {
    guard !noAdapter, let folder = description.checkpointFolder, AdapterFolder.isThere(folder)
    else { return [] }
    Terminal.note(
      "note: an adapter lies in the model's own folder and is used, as in transformers; "
        + "--no-adapter leaves it alone")
    return [folder]
  }
}

/// `--torch-bases`.
struct TorchBasesOption: ParsableArguments {
  @Option(
    name: .customLong("torch-bases"),
    help: ArgumentHelp(
      "The PyTorch that drew the adapter's bases, where its file neither has them nor records it: "
        + "newer, from 2.12 on; older, up to 2.11.", valueName: "torch"),
    transform: { try Self.generation($0) })
  var generation: TorchGeneration?

  private static func generation(_ text: String) throws -> TorchGeneration {
    switch text.lowercased() {
    case "newer": return .float
    case "older": return .bfloat16
    default:
      throw ValidationError(
        "'\(text)' is no choice of torch; choose newer, from 2.12 on, or older, up to 2.11.")
    }
  }
}
