public import ModelGraph
public import OrderedCollections
public import PeftBasics
import PeftCheckpoints
public import TunerKit

/// What an adapter's folder says without its base model: settings, modules, where the bytes go.
public struct AdapterInspection: Sendable {
  /// The tensors of one purpose.
  public struct Share: Hashable, Sendable {
    /// Nil for what the configuration does not explain.
    public let purpose: AdapterContents.Purpose?
    public let tensors: Int
    public let entries: Int
    public let bytes: Int
  }

  /// Where bases come from.
  public enum Origin: Hashable, Sendable {
    /// They are in the file, and what their key gives in this generation; in all where nil.
    case key(TorchGeneration?)
    /// They are in the file and are not what the key gives, or are damaged: why.
    case other(String)
    /// They are not in the file, which says that their key gives them; in all generations where nil.
    case recorded(TorchGeneration?)
    /// They are not in the file, which does not say either who drew them.
    case unknown
  }

  /// The bases that all modules share.
  public struct Bases: Sendable {
    /// Their names, after a module's path or alone.
    public let names: [String]
    /// How often the file has them.
    public let copies: Int
    public let origin: Origin
    /// How the file has them; nil where it is in no such way.
    public let projection: AdapterContents.Projection?
    /// The file's length where they are written so, as far as that is known and possible.
    public let fileBytes: [AdapterContents.Projection: Int]
  }

  public let path: String
  public let tunerName: String
  /// The settings that differ from the defaults, but for what is said elsewhere.
  public let settings: OrderedDictionary<String, ConfigurationValue>
  public let peftVersion: String?
  public let baseModel: String?
  /// The modules as they were asked for.
  public let targets: ConfigurationValue
  /// The updated modules, as the file has them.
  public let modules: [String]
  /// Trained entries: the tuner's, biases, and modules that are saved in full.
  public let trainedParameters: Int
  public let fileBytes: Int
  /// In the order of `AdapterContents.Purpose`, without those that nothing is there for.
  public let contents: [Share]
  /// Nil where the tuner has none.
  public let bases: Bases?
  /// What the user should know.
  public let warnings: [String]

  /// What the file needs to say what it holds.
  public var headerBytes: Int { fileBytes - contents.reduce(0) { $0 + $1.bytes } }
}

extension AdapterFolder {
  /// Looks into the folder, and compares its bases with what their key gives.
  /// - Throws: What the tuner throws where it cannot have such settings.
  public func inspection() throws -> AdapterInspection {
    let tuner = try TunerTensors(configuration)
    let listing = AdapterListing(file, configuration, tuner)
    let shares = shares(listing)
    let bases = bases(listing, tuner)
    let options = configuration.options
    let elsewhere: Set = [
      "auto_mapping", "base_model_name_or_path", "fan_in_fan_out", "inference_mode", "peft_version",
      "target_modules",
    ]
    let trained: Set<AdapterContents.Purpose?> = [.trained, .savedModule, .bias]
    return AdapterInspection(
      path: path, tunerName: tunerName,
      settings: configuration.changedValues.filter { !elsewhere.contains($0.key) },
      peftVersion: options.peftVersion, baseModel: options.baseModelNameOrPath,
      targets: options.targets.targetModules?.configurationValue ?? .null,
      modules: listing.modules,
      trainedParameters: shares.filter { trained.contains($0.purpose) }
        .reduce(0) { $0 + $1.entries },
      fileBytes: byteCount, contents: shares, bases: bases,
      warnings: warnings(listing, bases))
  }

  private var tunerName: String {
    func name<Configuration: TunerConfiguration>(_: Configuration) -> String {
      Configuration.Method.name
    }
    return name(configuration)
  }

  private func shares(_ listing: AdapterListing) -> [AdapterInspection.Share] {
    let groups = Dictionary(grouping: listing.items, by: \.purpose)
    let purposes = AdapterContents.Purpose.allCases.map(Optional.some) + [nil]
    return purposes.compactMap { purpose in
      groups[purpose].map { items in
        let entries = items.map { $0.info.shape.reduce(1, *) }
        return .init(
          purpose: purpose, tensors: items.count, entries: entries.reduce(0, +),
          bytes: zip(items, entries).reduce(0) { $0 + $1.0.info.type.byteCount * $1.1 })
      }
    }
  }

  private func bases(
    _ listing: AdapterListing, _ tuner: TunerTensors
  ) -> AdapterInspection.Bases? {
    guard !listing.bases.isEmpty else { return nil }
    let record = BasisRecord(file.metadata)
    let origin: AdapterInspection.Origin
    var bytes: [AdapterContents.Projection: Int] = [:]
    func count(_ rewriting: AdapterRewriting, _ choices: [AdapterContents.Projection]) {
      for choice in choices where !(listing.isBare && choice == .shared) {
        bytes[choice] = try? rewriting.byteCount(choice)
      }
    }
    if listing.presentBases.isEmpty {
      let isRecorded = listing.bases.allSatisfy { record.digests[$0.name] != nil }
      origin = isRecorded ? .recorded(record.generation) : .unknown
      if let rewriting = AdapterRewriting(self, listing, recorded: record) {
        count(rewriting, [.shared, .perModule])
      }
    } else {
      let found = try? KeyedBases.tensors(of: self, listing)
      var choices: [AdapterContents.Projection] = [.shared, .perModule]
      var generation: TorchGeneration?
      do {
        generation = try KeyedBases(verifying: self, listing, tuner).generation
        origin = .key(generation)
        choices.append(.none)
      } catch {
        origin = .other(AnyDiagnosis(error).problem)
      }
      if let found, found.count == listing.bases.count {
        count(AdapterRewriting(self, listing, found, generation: generation), choices)
      }
    }
    let current = listing.projection
    if let current { bytes[current] = byteCount }
    return AdapterInspection.Bases(
      names: listing.bases.map(\.name), copies: listing.bases.map(\.keys.count).max() ?? 0,
      origin: origin, projection: current, fileBytes: bytes)
  }

  private func warnings(
    _ listing: AdapterListing, _ bases: AdapterInspection.Bases?
  ) -> [String] {
    var warnings: [String] = []
    let strange = listing.items.filter { $0.purpose == nil }.map(\.name)
    if !strange.isEmpty {
      warnings.append("the configuration does not explain \(strange.shownFirst)")
    }
    guard let bases else { return warnings }
    if case .other(let problem) = bases.origin { warnings.append(problem) }
    guard let field = configuration.basisSettings.isSaved else { return warnings }
    if bases.copies > 0, configuration.savesBases == false {
      warnings.append(
        "the file has bases although \(field) is false: PEFT draws others from the key")
    }
    if bases.copies == 0, configuration.savesBases == true {
      warnings.append(
        "the file has no bases although \(field) is true: they are drawn from the key")
    }
    return warnings
  }
}
