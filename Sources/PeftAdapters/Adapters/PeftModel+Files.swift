import PeftReports
public import TunerKit

extension PeftModel {
  /// Reads an adapter that PEFT or this library saved, and adds it.
  /// - Parameters:
  ///   - name: What to call it.
  ///   - registry: The tuners that its configuration can name.
  ///   - generation: Which torch drew the bases that the file lacks, where it does not say.
  ///   - isLenient: Whether to go on where tensors do not fit, with warnings.
  /// - Throws: As `AdapterFolder` and `add(_:)`.
  public mutating func loadAdapter(
    _ path: String, as name: String = Adapter.defaultName, registry: TunerRegistry,
    generation: TorchGeneration? = nil, isLenient: Bool = false
  ) throws {
    try add(
      AdapterFolder(path, registry: registry)
        .weights(for: base, name: name, generation: generation, isLenient: isLenient))
  }

  /// Writes an adapter so that PEFT and this library can load it.
  /// - Parameters:
  ///   - path: The folder. It appears, or changes, in one step.
  ///   - projection: What is written of frozen bases.
  /// - Throws: As `AdapterWeights.write(to:on:projection:)`.
  public func saveAdapter(
    _ name: String = Adapter.defaultName, to path: String,
    projection: AdapterContents.Projection = .shared
  ) throws {
    try weights(name).write(to: path, on: base.graph, projection: projection)
  }
}
