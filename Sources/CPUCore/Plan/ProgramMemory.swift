public import ModelGraph
import PeftBasics
import PeftTensors

/// Bytes that a run takes beside its parameters.
public struct ProgramMemory: Hashable, Sendable {
  /// Activations and inputs, which share bytes where no step needs both.
  public let workingBytes: Int
  /// Outputs, gradients among them, by name.
  public let outputBytes: [String: Int]
  /// Tables that follow from shapes alone, such as RoPE's sines and cosines.
  public let tableBytes: Int
  /// The buffers of all threads.
  public let scratchBytes: Int

  public var totalBytes: Int {
    workingBytes + outputBytes.values.reduce(0, +) + tableBytes + scratchBytes
  }
}

extension Program {
  /// - Parameter threads: As many as there are cores where nil.
  public func memory(threads: Int? = nil) -> ProgramMemory {
    ProgramMemory(
      workingBytes: arena.byteCount,
      outputBytes: Dictionary(uniqueKeysWithValues: outputs.map { ($0.name, $0.byteCount) }),
      tableBytes: tables.reduce(0) { $0 + (4 * $1.count).roundedUp(to: 64) },
      scratchBytes: max(1, threads ?? WorkerPool.coreCount) * scratchBytes)
  }

  /// Bytes that a run takes beside its parameters: activations, outputs, tables, and what each
  /// thread needs for itself.
  /// - Parameter threads: As many as there are cores where nil.
  public func byteCount(threads: Int? = nil) -> Int { memory(threads: threads).totalBytes }

  /// Bytes that a parameter takes while the program runs: as it is stored, rounded, or both.
  /// - Parameter isMapped: Whether it lies in a mapped file: the pages of one that is read once, or only to be
  ///   rounded, are given back. What lies in memory stays there.
  public func byteCount(
    of id: Parameter.ID, _ parameter: Parameter, isMapped: Bool = true
  ) -> Int {
    let isRounded = rounded.contains(id) && parameter.element != .bfloat16
    let isGivenBack =
      isMapped && (readOnce.contains(id) || isRounded && !readWhole.contains(id))
    return (isGivenBack ? 0 : parameter.storedByteCount)
      + (isRounded ? parameter.count * ElementType.bfloat16.byteCount : 0)
  }
}

extension Parameter {
  /// Bytes of its entries in memory, as they are stored.
  package var storedByteCount: Int {
    element == .ternary ? initial.byteCount(of: count) : count * element.byteCount
  }
}

extension InitialValue {
  /// Bytes of so many entries in memory: packed where they are drawn from −s, 0 and s. The largest number where
  /// there are more.
  package func byteCount(of count: Int) -> Int {
    guard case .basis(let basis) = self, let density = basis.density else {
      let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
      return overflow ? .max : bytes
    }
    let bytes = Double(count) * TernaryEntries.bytesPerEntry(density: density)
    return Int(exactly: bytes.rounded(.up)) ?? .max
  }
}
