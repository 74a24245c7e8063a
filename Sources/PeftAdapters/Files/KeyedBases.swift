import CPUCore
import ModelGraph
import PeftCheckpoints
import PeftTensors
import TunerKit

/// Bases as their key gives them: the same as the file's to the bit, or what the file lacks.
struct KeyedBases {
  /// In 32-bit floats, by the tensors' names.
  let numbers: [String: Tensor]
  /// Which torch draws them; nil where all generations draw the same.
  let generation: TorchGeneration?

  /// The bases of a file, once every copy of each is found to be what the key gives.
  /// - Throws: `AdapterBasisError` naming the first tensor that is not; `RandomBasisError` where the
  ///   key gives nothing.
  init(verifying folder: AdapterFolder, _ listing: AdapterListing, _ tuner: TunerTensors) throws {
    let found = try Self.tensors(of: folder, listing)
    if let lacking = listing.bases.first(where: { found[$0.name] == nil }),
      let other = listing.presentBases.first
    {
      throw AdapterBasisError(.missing(lacking.name, beside: other.keys[0]), path: folder.path)
    }
    guard let bases = tuner.bases(shaped: found.mapValues(\.shape)) else {
      throw AdapterBasisError(.fitNoModule(found.mapValues(\.shape)), path: folder.path)
    }
    let keys = Dictionary(uniqueKeysWithValues: listing.presentBases.map { ($0.name, $0.keys[0]) })
    switch try Self.search(bases, found.mapValues(\.asFloats), among: bases.generations) {
    case .found(let drawn): self = drawn
    case .differs(let name, let key, let difference):
      throw AdapterBasisError(
        .notFromKey(keys[name] ?? name, key: key, difference), path: folder.path)
    }
    let record = BasisRecord(folder.file.metadata)
    if let recorded = record.generation, let generation, recorded != generation {
      throw AdapterBasisError(.otherTorch(recorded: recorded), path: folder.path)
    }
    try check(record, bases, path: folder.path)
  }

  private init(_ numbers: [String: Tensor], _ generation: TorchGeneration?) {
    self.numbers = numbers
    self.generation = generation
  }

  /// All bases, where some are in the file and the others have to be drawn.
  /// - Parameters:
  ///   - found: Those in the file.
  ///   - wanted: Which torch drew them, where neither the file's bases nor its metadata say so.
  /// - Throws: `AdapterBasisError` where that is not known, or contradicts what is.
  init(
    _ bases: [UpdateTensor], with found: [String: Tensor], recorded record: BasisRecord,
    wanted: TorchGeneration?, path: String
  ) throws {
    for basis in bases {
      if let known = found[basis.name] {
        guard known.shape != basis.shape else { continue }
        throw AdapterBasisError(.fitNoModule(found.mapValues(\.shape)), path: path)
      }
      guard let count = try? basis.count(), count <= Self.mostEntries else {
        throw AdapterBasisError(.tooLarge(basis.name, basis.shape), path: path)
      }
    }
    var generations = bases.generations
    if generations.count > 1 {
      if let recorded = record.generation {
        if let wanted, wanted != recorded {
          throw AdapterBasisError(.otherTorch(recorded: recorded), path: path)
        }
        generations = [recorded]
      } else if found.isEmpty {
        guard let wanted else {
          throw AdapterBasisError(.unknownTorch(bases.map(\.name)), path: path)
        }
        generations = [wanted]
      }
    }
    switch try Self.search(bases, found.mapValues(\.asFloats), among: generations) {
    case .found(let drawn):
      if let wanted, let generation = drawn.generation, wanted != generation {
        throw AdapterBasisError(.otherTorch(recorded: generation), path: path)
      }
      self = drawn
      try check(record, bases, path: path)
    case .differs(let name, let key, let difference):
      throw AdapterBasisError(.notFromKey(name, key: key, difference), path: path)
    }
  }

  /// The most entries of bases, 4 GB: more than a model of 405 billion parameters needs.
  static let mostEntries = 1 << 30

  private enum Search {
    case found(KeyedBases)
    case differs(String, key: Int, AdapterBasisError.Difference)
  }

  /// Draws all bases in the first generation in which those that are known come out the same.
  private static func search(
    _ bases: [UpdateTensor], _ known: [String: Tensor], among generations: [TorchGeneration]
  ) throws -> Search {
    // The generation in which the most bases come out, and then the most entries of the next.
    var nearest: (same: Int, name: String, key: Int, difference: AdapterBasisError.Difference)?
    for generation in generations {
      var source = BasisSource()
      var numbers: [String: Tensor] = [:]
      let depends = bases.contains { $0.basis?.dependsOnGeneration ?? false }
      for tensor in bases {
        guard let basis = tensor.basis else { continue }
        let drawn = try KeyedBasis(basis, generation, shape: tensor.shape, from: &source)
        numbers[tensor.name] = drawn.numbers
        guard let known = known[tensor.name], !drawn.is(known) else { continue }
        let difference = AdapterBasisError.Difference(
          known, drawn.numbers, depends ? generation : nil)
        let same = numbers.count - 1
        if nearest.map({ (-same, difference.count) < (-$0.same, $0.difference.count) }) ?? true {
          nearest = (same, tensor.name, basis.key, difference)
        }
        numbers = [:]
        break
      }
      if !numbers.isEmpty {
        return .found(KeyedBases(numbers, depends ? generation : nil))
      }
    }
    guard let nearest else { return .found(KeyedBases([:], nil)) }
    return .differs(nearest.name, key: nearest.key, nearest.difference)
  }

  /// Compares with what was noted when the adapter was saved.
  private func check(
    _ record: BasisRecord, _ bases: [UpdateTensor], path: String
  ) throws(AdapterBasisError) {
    for tensor in bases {
      guard let digest = record.digests[tensor.name], let basis = tensor.basis,
        let numbers = numbers[tensor.name], digest != Digest.sha256(floatsOf: numbers)
      else { continue }
      throw AdapterBasisError(.otherThanRecorded(tensor.name, key: basis.key), path: path)
    }
  }

  /// The bases of a file, by the tensors' names, once all copies of each are the same.
  static func tensors(
    of folder: AdapterFolder, _ listing: AdapterListing
  ) throws(AdapterBasisError) -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for basis in listing.presentBases {
      guard let tensor = folder.file.tensor(basis.keys[0]) else { continue }
      guard tensor.type.isFloatingPoint else {
        throw AdapterBasisError(.notReal(basis.keys[0], tensor.type), path: folder.path)
      }
      for key in basis.keys.dropFirst() {
        guard let copy = folder.file.tensor(key), !copy.isIdentical(to: tensor) else { continue }
        throw AdapterBasisError(.copiesDiffer(basis.keys[0], key), path: folder.path)
      }
      tensors[basis.name] = tensor
    }
    return tensors
  }
}

extension [UpdateTensor] {
  /// The generations that draw these bases differently.
  fileprivate var generations: [TorchGeneration] {
    first { $0.basis?.dependsOnGeneration ?? false }?.basis?.generations() ?? [.current]
  }
}

extension Tensor {
  fileprivate var asFloats: Tensor { converted(to: .float32) }
}

extension AdapterBasisError.Difference {
  /// Compares bits: −0 is not 0, and a NaN is itself.
  fileprivate init(_ found: Tensor, _ expected: Tensor, _ generation: TorchGeneration?) {
    let (found, numbers) = (found.floats(), expected.floats())
    let differing = numbers.indices.filter { found[$0].bitPattern != numbers[$0].bitPattern }
    let first = differing.first ?? 0
    var (place, rest) = ([Int](), first)
    for size in expected.shape.reversed() {
      place.insert(rest % size, at: 0)
      rest /= size
    }
    self.init(
      count: differing.count, entries: numbers.count, place: place, found: found[first],
      expected: numbers[first], generation: generation)
  }
}
