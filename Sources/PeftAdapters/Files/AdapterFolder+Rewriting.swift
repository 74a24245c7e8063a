public import ModelGraph
import PeftBasics
import PeftCheckpoints
import PeftTensors
import TunerKit

/// What became of an adapter's file that was written with other copies of its bases.
public struct RewrittenAdapter: Hashable, Sendable {
  /// Whether there was something to do; otherwise the files were copied.
  public let hasChanged: Bool
  public let bytesBefore: Int
  public let bytesAfter: Int
  /// Which torch drew the bases, where that matters and is known.
  public let generation: TorchGeneration?
  /// What the user should know.
  public let warnings: [String]
}

extension AdapterFolder {
  /// Writes the adapter without the bases that follow from its key to the bit; everything else stays
  /// as it is.
  ///
  /// Every copy is compared first. The file's metadata then say which torch drew the bases, which
  /// shapes they had, and give their digests. PEFT draws them when it loads the adapter, and under
  /// another generation of torch draws others without a warning: `writeRestored(to:)` puts them back.
  /// - Parameters:
  ///   - path: The folder, which may be this one. It appears, or changes, in one step.
  ///   - replaces: Whether there may be something in the folder when it takes its place: without, the first
  ///     of several writers wins.
  /// - Returns: An unchanged adapter where there is nothing to take out: then its files are copied.
  /// - Throws: `AdapterBasisError` naming what cannot be taken out; `FileWriteError`.
  @discardableResult
  public func writeSlim(
    to path: String, replacing replaces: Bool = true
  ) throws -> RewrittenAdapter {
    try checkPlace(path)
    let tuner = try TunerTensors(configuration)
    let listing = AdapterListing(file, configuration, tuner)
    guard !listing.presentBases.isEmpty else { return try copied(to: path, replaces) }
    let keyed = try KeyedBases(verifying: self, listing, tuner)
    let rewriting = AdapterRewriting(
      self, listing, try KeyedBases.tensors(of: self, listing), generation: keyed.generation)
    return try written(rewriting, to: path, .none, replaces)
  }

  /// Writes the adapter with its bases in the file, as every release of PEFT reads it the same.
  ///
  /// - Parameters:
  ///   - path: The folder, which may be this one. It appears, or changes, in one step.
  ///   - projection: How often they are written.
  ///   - generation: Which torch drew them. It has to be said where the file does not.
  ///   - graph: The base model, where the file does not say which shapes they had.
  ///   - replaces: Whether there may be something in the folder when it takes its place: without, the first
  ///     of several writers wins.
  /// - Returns: An unchanged adapter where the tuner has no bases: then its files are copied.
  /// - Throws: `AdapterBasisError` where it is not known what they were, or where they come out
  ///   otherwise than the file's metadata say; `FileWriteError`.
  @discardableResult
  public func writeRestored(
    to path: String, projection: AdapterContents.Projection = .shared,
    generation: TorchGeneration? = nil, on graph: Graph? = nil, replacing replaces: Bool = true
  ) throws -> RewrittenAdapter {
    if projection == .none { return try writeSlim(to: path, replacing: replaces) }
    try checkPlace(path)
    let tuner = try TunerTensors(configuration)
    let listing = AdapterListing(file, configuration, tuner)
    guard !listing.bases.isEmpty else { return try copied(to: path, replaces) }
    guard !listing.isBare || projection == .perModule else {
      throw AdapterBasisError(.noNameForModel, path: self.path)
    }
    let record = BasisRecord(file.metadata)
    var tensors = try KeyedBases.tensors(of: self, listing)
    var known = record.generation
    let lacking = listing.bases.map(\.name).filter { tensors[$0] == nil }
    if !lacking.isEmpty || generation != nil {
      let shapes = record.shapes.merging(tensors.mapValues(\.shape)) { $1 }
      let bases = try bases(shaped: shapes, tuner, listing, on: graph)
      let keyed = try KeyedBases(
        bases, with: tensors, recorded: record, wanted: generation, path: self.path)
      for name in lacking {
        tensors[name] = keyed.numbers[name]?.converted(to: record.types[name] ?? .float32)
      }
      known = keyed.generation
    }
    let rewriting = AdapterRewriting(self, listing, tensors, generation: known)
    return try written(rewriting, to: path, projection, replaces)
  }

  /// The bases by the shapes that the file says they have, or else by the base model's.
  private func bases(
    shaped shapes: [String: [Int]], _ tuner: TunerTensors, _ listing: AdapterListing,
    on graph: Graph?
  ) throws -> [UpdateTensor] {
    let unknown = listing.bases.map(\.name).filter { shapes[$0] == nil }
    if unknown.isEmpty {
      let shapes = shapes.filter { shape in listing.bases.contains { $0.name == shape.key } }
      if let bases = tuner.bases(shaped: shapes) { return bases }
      throw AdapterBasisError(.fitNoModule(shapes), path: path)
    }
    guard let graph else { throw AdapterBasisError(.unknownShapes(unknown), path: path) }
    return try basisTensors(on: graph)
  }

  private func basisTensors(on graph: Graph) throws -> [UpdateTensor] {
    func tensors(_ configuration: some TunerConfiguration) throws -> [UpdateTensor] {
      try Adapter(configuration, for: graph).sharedTensors.keyed
    }
    return try tensors(configuration)
  }

  private func copied(to path: String, _ replaces: Bool) throws -> RewrittenAdapter {
    try copy(to: path, replacing: replaces)
    return RewrittenAdapter(
      hasChanged: false, bytesBefore: byteCount, bytesAfter: byteCount,
      generation: BasisRecord(file.metadata).generation, warnings: [])
  }

  private func written(
    _ rewriting: AdapterRewriting, to path: String, _ projection: AdapterContents.Projection,
    _ replaces: Bool
  ) throws -> RewrittenAdapter {
    let bytes = try rewriting.byteCount(projection)
    try rewriting.write(to: path, projection, replacing: replaces)
    let generation = rewriting.record.generation
    var warnings: [String] = []
    if projection == .none, let generation, generation != .current {
      let (these, others) = generation.torchReleases
      warnings.append(
        "the bases are those of torch \(these): PEFT under torch \(others) would draw others without a "
          + "warning; 'peft adapter restore' writes them back")
    }
    if projection == .none, let other = rewriting.listing.modulesOfAnother.first {
      warnings.append(
        "the bases were drawn for an adapter of other modules (\(other.shown)): PEFT may draw others for "
          + "this one without a warning; this library draws these")
    }
    return RewrittenAdapter(
      hasChanged: true, bytesBefore: byteCount, bytesAfter: bytes, generation: generation,
      warnings: warnings)
  }
}

extension RewrittenAdapter {
  /// `22.1 kB instead of 182 kB, 8.2 times smaller`
  public var comparison: String {
    let ratio = Double(bytesBefore) / Double(max(1, bytesAfter))
    let words =
      ratio >= 1.05
      ? ", \(ratio.fixed(1)) times smaller"
      : ratio <= 1 / 1.05 ? ", \((1 / ratio).fixed(1)) times larger" : ""
    return "\(bytesAfter.asBytes) instead of \(bytesBefore.asBytes)\(words)"
  }
}
