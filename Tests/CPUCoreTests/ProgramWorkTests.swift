import Foundation
import ModelGraph
import PeftTestSupport
import Testing

@testable import CPUCore

@Suite("What a program computes and moves") struct ProgramWorkTests {
  private func total(_ program: Program, runs: Int = 1) -> ProgramWork {
    program.work(runs: runs).map(\.total).reduce(ProgramWork(), +)
  }

  /// Bytes of matrices of 32-bit floats.
  private func floats(_ shapes: (Int, Int)...) -> Double {
    Double(shapes.map { 4 * $0 * $1 }.reduce(0, +))
  }

  /// Operations of a product.
  private func product(_ rows: Int, _ depth: Int, _ columns: Int) -> Double {
    Double(2 * rows * depth * columns)
  }

  /// A layer [24, 20] on some rows whose weight has an update.
  private func layer(
    rows: Int, depth: Int, isReversed: Bool = false, runs: Int = 1
  ) throws -> Program {
    var example = Example(seed: 1)
    let x = example.input([rows, 20])
    let update = try example.apply(
      MatrixProduct(), try example.parameter([24, depth]), try example.parameter([depth, 20]))
    let sum = try example.apply(Add(), try example.parameter([24, 20]), update)
    example.output(try example.apply(Linear(), x, sum))
    return try Program(
      example.graph, shapes: example.inputs.mapValues(\.shape), runs: runs,
      reversesUpdates: isReversed)
  }

  @Test("A layer with an update takes what its products take, in both orders")
  func layers() throws {
    func beside(_ rows: Int, _ depth: Int) -> ProgramWork {
      var work = ProgramWork()
      work.singleOperations = product(rows, 20, 24) + product(rows, depth, 20 + 24)
      // The input is read twice, by the frozen weight and by the thin product, whose result is read again.
      work.bytes = floats(
        (2 * rows, 20), (24, 20), (depth, 20 + 24), (2 * rows, depth), (rows, 24))
      return work
    }
    func added(_ rows: Int, _ depth: Int, runs: Int = 1) -> ProgramWork {
      var work = ProgramWork()
      work.singleOperations = product(runs * rows, 20, 24) + product(24, depth, 20)
      work.bytes = floats(
        (depth, 20 + 24), (2 * 24, 20), (runs * rows, 20), (runs * 24, 20), (runs * rows, 24))
      return work
    }
    #expect(try total(layer(rows: 3, depth: 2)) == beside(3, 2))
    #expect(try total(layer(rows: 3, depth: 2, isReversed: true)) == added(3, 2))
    #expect(try total(layer(rows: 700, depth: 20)) == added(700, 20))
    #expect(try total(layer(rows: 700, depth: 20, isReversed: true)) == beside(700, 20))
    // The sum is made once for all runs.
    #expect(
      try total(layer(rows: 700, depth: 20, runs: 3), runs: 3) == added(700, 20, runs: 3))
  }

  @Test("Products of bfloat16 count apart, and move half as many bytes")
  func halves() throws {
    var example = Example(seed: 2)
    let (x, y) = (example.input([40, 20]), example.input([20, 30]))
    example.output(try example.apply(MatrixProduct(), x, y))
    let exact = try total(example.program)
    example.precision = .bf16
    let products = try example.program.work().map(\.total).filter { $0.operations > 0 }
    let (operations, result) = (product(40, 20, 30), floats((40, 30)))
    #expect(exact.singleOperations == operations && exact.halfOperations == 0)
    #expect(exact.bytes == floats((40, 20), (20, 30)) + result)
    let half = try #require(products.first)
    #expect(products.count == 1)
    #expect(half.halfOperations == operations && half.singleOperations == 0)
    #expect(half.bytes == floats((40, 20), (20, 30)) / 2 + result)
  }

  @Test("Attention counts the scores of its blocks of 64 queries, hidden ones outside them not")
  func attention() throws {
    let cases: [(isCausal: Bool, scores: Int)] = [(true, 64 * 64 + 36 * 100), (false, 100 * 100)]
    for (isCausal, scores) in cases {
      var example = Example(seed: 3)
      let (q, k, v) = (
        example.input([2, 100, 12]), example.input([2, 100, 12]), example.input([2, 100, 12])
      )
      let operation = Attention(heads: 3, keyValueHeads: 3, scale: 0.5, isCausal: isCausal)
      example.output(try example.apply(operation, q, k, v))
      // Two rows, three heads; scores and values of 4 entries each.
      #expect(try total(example.program).operations == product(2 * 3, scores, 4 + 4))
    }
  }

  @Test("Products that are added up in one step belong each to its module")
  func modules() throws {
    var example = Example(seed: 4)
    example.graph.declareModule("other")
    let (x, y) = (example.input([40, 20]), example.input([40, 12]))
    let (a, b) = (try example.parameter([30, 20]), try example.parameter([30, 12]))
    let first = try example.apply(Linear(), x, a)
    let second = try example.graph.apply(Linear(), to: [y, b], in: "other")[0]
    example.output(try example.apply(Add(), first, second))
    let steps = try example.program.work()
    #expect(steps.count == 1)
    func work(_ path: String) -> ProgramWork {
      steps.flatMap(\.modules).filter { $0.path == path }.map(\.work).reduce(ProgramWork(), +)
    }
    #expect(work("module").operations == product(40, 20, 30))
    #expect(work("other").operations == product(40, 12, 30))
    #expect(work("other").bytes == floats((40, 12), (30, 12)))
    #expect(work("module").bytes == floats((40, 20), (30, 20), (40, 30)))
  }

  @Test("Rows of a table are read, not the table")
  func embedding() throws {
    var example = Example(seed: 5)
    let tokens = example.tokens([2, 3], below: 50)
    example.output(try example.apply(Embedding(), tokens, try example.parameter([50, 8])))
    // Six indices of 8 bytes, and six rows that are read and written.
    #expect(try total(example.program).bytes == 48 + floats((2 * 6, 8)))
  }

  @Test("The time is that of the products or of the bytes, whichever take longer")
  func seconds() {
    var work = ProgramWork()
    (work.singleOperations, work.halfOperations, work.bytes) = (200, 300, 40)
    let rates = MachineRates(singleOperations: 100, halfOperations: 300, bytes: 20)
    #expect(work.seconds(at: rates) == 3)
    #expect(
      work.seconds(at: MachineRates(singleOperations: 1e9, halfOperations: 1e9, bytes: 20)) == 2)
  }

  @Test("Rates that are measured are those of a machine")
  func measured() throws {
    let rates = try MachineRates.measured(threads: 1)
    for rate in [rates.singleOperations, rates.halfOperations, rates.bytes] {
      // From a slow core in a debug build to more than any machine has.
      #expect(1e6...1e16 ~= rate)
    }
  }

  @Test("Every operator that multiplies matrices counts its operations", arguments: samples)
  func catalogue(_ sample: OperatorSample) throws {
    #expect(
      try total(sample.example().program).operations > 0,
      "write products(in:) beside the kernel of \(type(of: sample.operation))")
  }

  static let samples = OperatorCatalogTests.samples.filter {
    !$0.operation.multipliedOperands.isEmpty
  }

  @Test("Every kernel that multiplies matrices counts its operations")
  func sources() throws {
    let folder = Repository.root.appending(path: "Sources/CPUCore/Kernels")
    let files = try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var found: [String] = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      guard text.contains(/: Kernel[ ,]/), text.contains(/[ .]multiply\(/) else { continue }
      found.append(file.lastPathComponent)
      #expect(text.contains("func products(in"), "\(file.lastPathComponent)")
    }
    #expect(found.contains("DenseProduct.swift") && found.contains("Attention+Kernel.swift"))
  }
}
