import CKernels
import ModelGraph
import PeftBasics

/// What a kernel gets to work on: addresses, layouts and workers.
struct KernelCall {
  let operands: [NumberView]
  let results: [NumberView]
  let workers: Workers
  /// The path of the module, for messages.
  let module: String
  /// The random seed of this run.
  var seed: UInt64 = 0
  /// The length of a row with all its padding, where sequences may have less; 0 where they have not.
  var fullLength = 0
  /// Whether some rows of a table in a file are read, and nothing else of it: its pages are given back, of which
  /// the system brings many more than are read.
  var readsRowsAlone = false

  var result: NumberView { results[0] }

  /// Computes each row of the result from that row of the first operand, which is as wide.
  func mapRows(
    _ body: (_ row: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) -> Void
  ) {
    let (x, y) = (operands[0], result)
    workers.runRows(x.rows, columns: x.columns) { rows in
      for row in rows { body(row, x.row(row), y.row(row)) }
    }
  }
}

/// Entries at an address. Its maker owns the memory and decides who writes.
struct NumberView {
  let address: UnsafeMutableRawPointer
  let layout: Layout
  let element: ElementType
  /// The place of the first entry among packed ones, whose address is that of their header.
  var start = 0

  var rows: Int { layout.rows }
  var columns: Int { layout.columns }
  var stride: Int { layout.stride }

  /// All of its memory.
  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: address, count: rows * stride * element.byteCount)
  }

  /// The address as that of 32-bit floats.
  var floats: UnsafeMutablePointer<Float> { address.assumingMemoryBound(to: Float.self) }

  /// The packed entries.
  var ternary: UnsafePointer<ck_ternary> {
    UnsafePointer(address.assumingMemoryBound(to: ck_ternary.self))
  }

  /// The start of a row of 32-bit floats.
  func row(_ index: Int) -> UnsafeMutablePointer<Float> { row(index, of: Float.self) }
  /// The start of a row of indices.
  func indices(_ row: Int) -> UnsafeMutablePointer<Int64> { self.row(row, of: Int64.self) }
  /// The start of a row of a mask.
  func mask(_ row: Int) -> UnsafeMutablePointer<UInt8> { self.row(row, of: UInt8.self) }

  /// The start of a row of entries of that type.
  func row<Entry>(_ index: Int, of type: Entry.Type) -> UnsafeMutablePointer<Entry> {
    address.assumingMemoryBound(to: type) + index * stride
  }
}

/// A pool of threads and the memory that each of them has for itself.
struct Workers {
  /// Nil where one of the threads computes all.
  private let pool: WorkerPool?
  private let scratch: UnsafeMutableRawPointer
  private let scratchBytes: Int

  init(pool: WorkerPool, scratch: UnsafeMutableRawPointer, scratchBytes: Int) {
    self.pool = pool
    self.scratch = scratch
    self.scratchBytes = scratchBytes
  }

  /// The thread that this is called on.
  init(alone scratch: UnsafeMutableRawPointer) {
    pool = nil
    self.scratch = scratch
    scratchBytes = 0
  }

  /// Entries that one task should have at least, so that sharing out pays.
  private static let taskEntries = 16_384

  /// Runs tasks; each gets scratch memory that no other uses at the same time.
  /// - Parameter isSmall: Whether all of them together take less time than another thread takes to be woken.
  func run(
    _ tasks: Int, isSmall: Bool = false,
    _ body: (_ task: Int, _ scratch: UnsafeMutableRawPointer) -> Void
  ) {
    guard let pool, !isSmall else {
      for task in 0..<tasks { body(task, scratch) }
      return
    }
    pool.run(tasks) { task, worker in body(task, scratch + worker * scratchBytes) }
  }

  /// Shares out rows in blocks of a size that depends on their width alone.
  func runRows(_ rows: Int, columns: Int, _ body: (Range<Int>) -> Void) {
    let block = max(1, Self.taskEntries / max(1, columns))
    run(rows.dividedRoundingUp(by: block)) { task, _ in
      body(task * block..<min(rows, (task + 1) * block))
    }
  }
}
