import CPUCore
import ModelGraph
import PeftBasics
import PeftCheckpoints
import PeftTensors
import TunerKit

/// The frozen bases of an adapter's file: compared with what their key gives, or drawn from it.
struct BasisReading {
  private(set) var tensors: [String: Tensor] = [:]
  /// Which torch draws the bases, where they follow from a key and it matters.
  private(set) var generation: TorchGeneration?
  /// Whether every basis is what its key gives.
  private(set) var areFromKey = true
  private let file: SafetensorsFile
  private let record: BasisRecord
  private let wanted: TorchGeneration?
  /// The most entries that are drawn.
  private let limit: Int
  private var source = BasisSource()
  private var drawn: [String] = []
  private var kept: [String] = []
  private var isSilent: Bool { record.generation != nil || wanted != nil }

  init(_ file: SafetensorsFile, wanted: TorchGeneration?, limit: Int) {
    self.file = file
    self.wanted = wanted
    self.limit = limit
    record = BasisRecord(file.metadata)
  }

  /// Reads one shared tensor that training does not change.
  /// - Throws: `AdapterFolderError` where the file is not what its metadata say.
  mutating func read(
    _ tensor: UpdateTensor, of adapter: Adapter, with reading: inout AdapterReading
  ) throws {
    let keys =
      [AdapterKey.shared(tensor)]
      + adapter.updates.filter { $0.tensors.contains(tensor) }
      .map { AdapterKey.tensor(tensor, at: $0.site) }
    let present = keys.filter { reading.tensor($0) != nil }
    let name = tensor.parameterName(adapter: adapter.name)
    guard case .basis(let basis) = tensor.initial else {
      if let first = present.first { tensors[name] = reading.tensor(first) }
      return
    }
    guard let first = present.first, let found = reading.tensor(first) else {
      try draw(basis, tensor, of: adapter)
      return
    }
    for key in present.dropFirst() { reading.checkCopy(key, of: first) }
    guard let part = found.leadingPart(tensor.shape) else {
      reading.noteMisshapen(first, found: found.shape, expected: tensor.shape)
      return
    }
    if found.shape == tensor.shape, let same = try match(found, basis) {
      tensors[name] = same
      return
    }
    tensors[name] = basis.density.flatMap { part.packed(density: $0) } ?? part
    areFromKey = false
    kept.append(tensor.name)
    if let digest = record.digests[tensor.name], digest != Digest.sha256(floatsOf: found) {
      throw AdapterFolderError(.changedBasis(first), path: file.path)
    }
  }

  private mutating func draw(
    _ basis: RandomBasis, _ tensor: UpdateTensor, of adapter: Adapter
  ) throws {
    let generation = record.generation ?? wanted ?? .current
    // A second adapter of PEFT's has the first one's bases, which may be larger.
    let whole = try recorded(tensor, of: adapter)
    // The key gives other values for this adapter's own shapes.
    if whole != nil { areFromKey = false }
    let numbers = try source.draw(
      (whole?.basis ?? basis).drawn(by: generation), shape: whole?.shape ?? tensor.shape)
    if let digest = record.digests[tensor.name], digest != Digest.sha256(floatsOf: numbers) {
      let configuration = adapter.configuration
      let fields = [configuration.basisSettings.key, configuration.rankField].compactMap { $0 }
      throw AdapterFolderError(
        .otherBasis(tensor.name, key: basis.key, fields: fields), path: file.path)
    }
    if basis.dependsOnGeneration {
      self.generation = generation
      drawn.append(tensor.name)
    }
    let part = numbers.leadingPart(tensor.shape)
    tensors[tensor.parameterName(adapter: adapter.name)] =
      basis.density.flatMap { part?.packed(density: $0) } ?? part
  }

  /// The basis that the file says it had, where that is larger than this one.
  private func recorded(_ tensor: UpdateTensor, of adapter: Adapter) throws -> UpdateTensor? {
    guard let shape = record.shapes[tensor.name], shape != tensor.shape,
      shape.count == tensor.shape.count, zip(tensor.shape, shape).allSatisfy({ $0 <= $1 }),
      let count = try? shape.checkedProduct(), count <= limit
    else { return nil }
    return try TunerTensors(adapter.configuration).bases(shaped: record.shapes)?
      .first { $0.name == tensor.name }
  }

  /// The basis that the key gives in one of the generations, where it equals the file's: it takes the
  /// place of the file's.
  private mutating func match(_ found: Tensor, _ basis: RandomBasis) throws -> Tensor? {
    let found = found.converted(to: .float32)
    for generation in basis.generations(first: generation ?? record.generation ?? wanted) {
      guard let drawn = try? KeyedBasis(basis, generation, shape: found.shape, from: &source),
        drawn.is(found)
      else { continue }
      if basis.dependsOnGeneration {
        // Bases of one pair come from one generation; otherwise the file's own have to be kept.
        if let known = self.generation, known != generation { return nil }
        self.generation = generation
      }
      return drawn.numbers
    }
    return nil
  }

  /// What the file leaves open.
  func warnings(_ configuration: any TunerConfiguration) -> [String] {
    var warnings: [String] = []
    let names = drawn.sorted().joined(separator: " and ")
    if !drawn.isEmpty, !isSilent || record.generation == nil {
      let (now, other) = (generation ?? .current).torchReleases
      warnings.append(
        "the adapter's file lacks \(names): drawn from the key as torch \(now) does, and wrong for an "
          + "adapter made with torch \(other)")
    }
    if !kept.isEmpty, configuration.savesBases == false,
      let field = configuration.basisSettings.isSaved
    {
      warnings.append(
        "the file has \(kept.sorted().joined(separator: " and ")) although \(field) is false: "
          + "they are used as they are; PEFT would draw others from the key")
    }
    return warnings
  }
}

extension Tensor {
  /// The leading part of every axis; nil where it is not that large.
  fileprivate func leadingPart(_ sizes: [Int]) -> Tensor? {
    guard sizes.count == shape.count, zip(sizes, shape).allSatisfy({ $0 <= $1 }) else { return nil }
    if sizes == shape { return self }
    let floats = floats()
    var entries: [Float] = []
    entries.reserveCapacity(sizes.reduce(1, *))
    func append(_ axis: Int, _ start: Int) {
      let stride = shape.dropFirst(axis + 1).reduce(1, *)
      if axis == shape.count - 1 {
        entries += floats[start..<start + sizes[axis]]
      } else {
        for index in 0..<sizes[axis] { append(axis + 1, start + index * stride) }
      }
    }
    append(0, 0)
    return Tensor(entries, shape: sizes)
  }
}
