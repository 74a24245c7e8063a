import ModelGraph
import PeftTensors

/// What a file's metadata say about bases: which torch drew them, their digests and their shapes.
///
/// PEFT's configuration has only the key, from which two generations of torch draw different bases. They also
/// depend on the shapes, which follow from the base model.
struct BasisRecord: Hashable {
  /// Nil where the file does not say, or all generations draw the same.
  var generation: TorchGeneration?
  /// SHA-256 of the 32-bit little-endian floats, by the tensors' names.
  var digests: [String: String] = [:]
  /// By the tensors' names.
  var shapes: [String: [Int]] = [:]
  /// The types they were stored in, where those are not 32-bit floats; by the tensors' names.
  var types: [String: NumberType] = [:]

  private static let generationKey = "bases.torch"
  private static let digestPrefix = "bases.sha256."
  private static let shapePrefix = "bases.shape."
  private static let typePrefix = "bases.type."
  private static let generationNames: [TorchGeneration: String] = [
    .float: ">=2.12", .bfloat16: "<=2.11",
  ]

  /// How a generation is named in files and reports.
  static func name(of generation: TorchGeneration) -> String { generationNames[generation] ?? "" }

  init() {}

  init(_ metadata: [String: String]) {
    generation = Self.generationNames.first { $0.value == metadata[Self.generationKey] }?.key
    func texts(_ prefix: String) -> [String: String] {
      var texts: [String: String] = [:]
      for (key, value) in metadata where key.hasPrefix(prefix) {
        texts[String(key.dropFirst(prefix.count))] = value
      }
      return texts
    }
    digests = texts(Self.digestPrefix)
    shapes = texts(Self.shapePrefix).compactMapValues(Self.shape)
    types = texts(Self.typePrefix).compactMapValues(NumberType.init)
  }

  /// The texts in a file's metadata.
  var metadata: [String: String] {
    var texts: [String: String] = [:]
    if let generation { texts[Self.generationKey] = Self.generationNames[generation] }
    for (name, digest) in digests { texts[Self.digestPrefix + name] = digest }
    for (name, shape) in shapes { texts[Self.shapePrefix + name] = "\(shape)" }
    for (name, type) in types { texts[Self.typePrefix + name] = type.rawValue }
    return texts
  }

  /// `[5, 1, 48]`; nil for what is no shape.
  private static func shape(_ text: String) -> [Int]? {
    guard text.first == "[", text.last == "]", text.utf8.count < 200 else { return nil }
    let sizes = text.dropFirst().dropLast().split(separator: ",").map { size in
      Int(size.drop { $0 == " " })
    }
    return sizes.contains { $0.map { $0 < 0 } ?? true } ? nil : sizes.compactMap { $0 }
  }

  /// Records the digest of a basis.
  mutating func note(_ name: String, _ numbers: Tensor, type: NumberType = .float32) {
    digests[name] = Digest.sha256(floatsOf: numbers)
    shapes[name] = numbers.shape
    if type != .float32 { types[name] = type }
  }
}
