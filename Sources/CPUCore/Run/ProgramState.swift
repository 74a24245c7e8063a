public import ModelGraph
import PeftBasics

/// Parameters that programs write: what a run leaves for the next one, such as the keys and values of tokens so far.
///
/// It belongs to the programs that share it, of which one runs at a time.
public final class ProgramState {
  private let memory: MemoryBlock
  private let places: [Parameter.ID: (offset: Int, byteCount: Int)]

  /// - Throws: `RunError` where there is too little memory.
  public init(_ parameters: [(id: Parameter.ID, parameter: Parameter)]) throws(RunError) {
    var places: [Parameter.ID: (offset: Int, byteCount: Int)] = [:]
    var end = 0
    for (id, parameter) in parameters {
      let byteCount = parameter.count * parameter.element.byteCount
      places[id] = (end, byteCount)
      end += byteCount.roundedUp(to: 64)
    }
    self.places = places
    memory = try MemoryBlock(byteCount: end)
  }

  /// Bytes that it takes.
  public var byteCount: Int { memory.byteCount }

  /// The memory of a parameter; nil for one that is not written.
  public func bytes(of id: Parameter.ID) -> UnsafeMutableRawBufferPointer? {
    places[id].map {
      UnsafeMutableRawBufferPointer(start: memory.address + $0.offset, count: $0.byteCount)
    }
  }

  func address(of id: Parameter.ID) -> UnsafeMutableRawPointer? {
    places[id].map { memory.address + $0.offset }
  }
}
