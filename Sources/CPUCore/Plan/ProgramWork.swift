import PeftTensors

/// What is computed and moved, from shapes alone.
public struct ProgramWork: Hashable, Sendable {
  /// Operations of matrix products whose factors are 32-bit floats: a multiplication and its addition are two.
  public var singleOperations = 0.0
  /// Those of products whose factors are bfloat16.
  public var halfOperations = 0.0
  /// Additions of products with a packed factor, in which nothing is multiplied.
  public var additions = 0.0
  /// Bytes that are read and written, every operand and result of a step once.
  public var bytes = 0.0

  /// All operations of matrix products.
  public var operations: Double { singleOperations + halfOperations }

  public init() {}

  public static func + (one: ProgramWork, other: ProgramWork) -> ProgramWork {
    var sum = one
    sum.singleOperations += other.singleOperations
    sum.halfOperations += other.halfOperations
    sum.additions += other.additions
    sum.bytes += other.bytes
    return sum
  }

  /// The work of several runs.
  public static func * (work: ProgramWork, runs: Int) -> ProgramWork {
    var product = work
    product.singleOperations *= Double(runs)
    product.halfOperations *= Double(runs)
    product.additions *= Double(runs)
    product.bytes *= Double(runs)
    return product
  }

  /// Operations of a product of 32-bit floats in the time of such an addition: on two cores with AVX-512 some 200
  /// billion a second, and 40 billion additions.
  static let operationsOfAddition = 5.0

  /// How long it takes: as long as the products or the bytes, whichever take longer.
  public func seconds(at rates: MachineRates) -> Double {
    max(
      (singleOperations + additions * Self.operationsOfAddition) / rates.singleOperations
        + halfOperations / rates.halfOperations,
      bytes / rates.bytes)
  }
}

/// A matrix product that a step computes.
struct StepProduct {
  /// The path of the module it is part of.
  let module: String
  let operations: Double
  /// Additions, where nothing is multiplied.
  var additions = 0.0
  /// Bytes of its factors, where it may be of another module than its step.
  var factorBytes = 0.0
}

/// What a step computes and moves in all runs for which parameters stay the same.
package struct StepWork: Sendable {
  /// By the paths of the modules that the step is part of: more than one where it adds up their products.
  package let modules: [(path: String, work: ProgramWork)]

  package var total: ProgramWork { modules.map(\.work).reduce(ProgramWork(), +) }
}

extension Program {
  /// What the steps compute and move.
  /// - Parameter runs: How many runs follow each other with the same parameters: weights that are made of
  ///   parameters alone are made once.
  package func work(runs: Int = 1) -> [StepWork] {
    steps.enumerated().map { index, step in step.work(runs: index < madeCount ? 1 : runs) }
  }
}

extension Step {
  fileprivate func work(runs: Int) -> StepWork {
    let products = kernel.products(in: self)
    // Both factors come first, and a product is one of bfloat16 where both are, or one of them is unpacked so.
    let elements = Set(operands.prefix(2).map(\.element)).subtracting([.ternary])
    let isHalf = operands.count > 1 && elements == [.bfloat16]
    var rest = ProgramWork()
    rest.bytes =
      kernel.movedBytes(in: self) - products.reduce(0) { $0 + $1.factorBytes }
    var modules = [(path: module, work: rest * runs)]
    for product in products {
      var work = ProgramWork()
      work.bytes = product.factorBytes
      work.additions = product.additions
      if isHalf {
        work.halfOperations = product.operations
      } else {
        work.singleOperations = product.operations
      }
      modules.append((product.module, work * runs))
    }
    return StepWork(modules: modules)
  }
}

extension Operand {
  var byteCount: Double {
    guard element == .ternary else { return Double(layout.count) * Double(element.byteCount) }
    return Double(layout.count) * TernaryEntries.bytesPerEntry(density: density ?? 1)
  }

  /// The share of entries that are added, of those packed as lists; nil of others.
  var listedDensity: Double? {
    density.flatMap { TernaryEntries.Form(density: $0) == .lists ? $0 : nil }
  }
}
