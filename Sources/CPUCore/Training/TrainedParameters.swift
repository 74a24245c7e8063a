public import ModelGraph
import PeftBasics
public import PeftTensors

/// The trainable parameters, which training changes in place while programs read them.
///
/// They belong to one run at a time: what changes them must not do so while a program runs.
public final class TrainedParameters {
  /// Which parameters they are, in their order.
  public let parameters: [(id: Parameter.ID, name: String, shape: [Int])]
  private let memory: MemoryBlock
  private let offsets: [Int]
  /// How often the values have been changed: what programs made of others is of no use any more.
  private(set) var version = 0

  /// - Parameter start: The initial values; of any floating-point type.
  /// - Throws: `RunError` where there is too little memory.
  public init(_ start: [(id: Parameter.ID, name: String, tensor: Tensor)]) throws(RunError) {
    parameters = start.map { ($0.id, $0.name, $0.tensor.shape) }
    var offsets: [Int] = []
    var end = 0
    for row in start {
      offsets.append(end)
      end += (4 * row.tensor.count).roundedUp(to: 64)
    }
    self.offsets = offsets
    memory = try MemoryBlock(byteCount: end)
    for (index, row) in start.enumerated() { fill(index, with: row.tensor) }
  }

  /// The number of entries.
  public var count: Int { values.reduce(0) { $0 + $1.count } }

  /// Bytes that they take.
  public var byteCount: Int { memory.byteCount }

  /// Bytes that parameters of so many entries take.
  public static func byteCount(counts: [Int]) -> Int {
    counts.reduce(0) { $0 + (4 * $1).roundedUp(to: 64) }
  }

  /// The values of each parameter.
  public var values: [UnsafeBufferPointer<Float>] { places.map { UnsafeBufferPointer($0) } }

  /// Lets the values of each parameter be changed.
  public func change<Failure: Error>(
    _ body: ([UnsafeMutableBufferPointer<Float>]) throws(Failure) -> Void
  ) throws(Failure) {
    version += 1
    try body(places)
  }

  private var places: [UnsafeMutableBufferPointer<Float>] {
    zip(parameters, offsets).map { parameter, offset in
      UnsafeMutableBufferPointer(
        start: (memory.address + offset).assumingMemoryBound(to: Float.self),
        count: parameter.shape.reduce(1, *))
    }
  }

  /// Copies of the values as they are now, by name.
  public func tensors() -> [String: Tensor] { liveTensors().mapValues(\.copy) }

  /// The values themselves, by name, to be read before they are changed.
  package func liveTensors() -> [String: Tensor] {
    Dictionary(
      uniqueKeysWithValues: zip(parameters, values).map { parameter, values in
        let bytes = UnsafeRawBufferPointer(values)
        return (
          parameter.name,
          Tensor(over: bytes, shape: parameter.shape, type: .float32, owner: memory)
        )
      })
  }

  /// Replaces the values.
  /// - Precondition: The tensors have the parameters' shapes.
  public func restore(_ tensors: [String: Tensor]) {
    version += 1
    for (index, parameter) in parameters.enumerated() {
      guard let tensor = tensors[parameter.name] else { continue }
      precondition(tensor.shape == parameter.shape, "\(parameter.name) is \(tensor.shape)")
      fill(index, with: tensor)
    }
  }

  private func fill(_ index: Int, with tensor: Tensor) {
    let floats = tensor.floats()
    _ = places[index].update(fromContentsOf: floats)
  }

  /// The address of a parameter's values; nil for one that is not trained.
  func address(of id: Parameter.ID) -> UnsafeMutableRawPointer? {
    parameters.firstIndex { $0.id == id }.map { memory.address + offsets[$0] }
  }
}
