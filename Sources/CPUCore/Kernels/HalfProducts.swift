import CKernels
import COneDNN

/// Products of bfloat16 matrices, summed in 32 bits, through oneDNN's matmul primitives.
///
/// A primitive is made for sizes, strides and what becomes of the result, and kept for the next product of
/// that kind. Each worker thread has its own, so that none waits for another.
final class HalfProducts {
  /// Whether the processor has instructions for such products. Without them they are computed in 32 bits,
  /// from the same rounded factors, and take longer than those of 32-bit floats.
  static let areFast: Bool = arePrimitives && peft_has_fast_bf16() != 0

  /// Whether the library has such a product for this processor at all.
  private static let arePrimitives: Bool = {
    var sizes = peft_matmul_sizes()
    (sizes.rows, sizes.columns, sizes.depth) = (16, 16, 16)
    (sizes.a_row, sizes.a_column, sizes.b_row, sizes.b_column, sizes.c_row) = (16, 1, 16, 1, 16)
    var product = peft_matmul()
    guard peft_matmul_create(&product, engine, &sizes) == dnnl_success else { return false }
    peft_matmul_destroy(&product)
    return true
  }()

  /// The processor, as the library knows it; for the whole process.
  nonisolated(unsafe) private static let engine: dnnl_engine_t? = {
    var engine: dnnl_engine_t?
    return dnnl_engine_create(&engine, dnnl_cpu, 0) == dnnl_success ? engine : nil
  }()

  private struct Kind: Hashable {
    let rows, columns, depth: Int
    let aStride, bStride, stride: Int
    let aIsTransposed, bIsTransposed, adding: Bool
  }

  /// Up to this depth a transposed second factor costs the library more than copying it does; attention's heads
  /// are deeper.
  private static let thinDepth = 32

  /// More kinds than a program has; one of changing sizes starts over.
  private static let mostKinds = 4096
  private var known: [Kind: peft_matmul] = [:]
  private var stream: dnnl_stream_t?
  /// Both factors in 32 bits, where the library has no product of 16; a thin factor that is no longer
  /// transposed; or a result that is scaled and added.
  private var space: [Float] = []

  deinit {
    forget()
    if let stream { dnnl_stream_destroy(stream) }
  }

  private func forget() {
    for var product in known.values { peft_matmul_destroy(&product) }
    known = [:]
  }

  /// `multiply` for factors of bfloat16. The library scales slowly, so that this is done afterwards.
  func multiply(
    _ a: MatrixFactor, _ b: MatrixFactor, rows: Int, columns: Int, depth: Int, scale: Float,
    adding: Bool, to result: UnsafeMutablePointer<Float>, stride: Int
  ) {
    guard Self.arePrimitives else {
      widen(a, rows: rows, columns: depth, b, rows: depth, columns: columns) { a, b in
        multiplySingles(
          a, b, rows: rows, columns: columns, depth: depth, scale: scale, adding: adding,
          to: result, stride: stride)
      }
      return
    }
    if b.isTransposed, depth <= Self.thinDepth {
      withSpace((columns * depth + 1) / 2) { space in
        multiply(
          a, b.upright(rows: depth, columns: columns, in: space), rows: rows, columns: columns,
          depth: depth, scale: scale, adding: adding, to: result, stride: stride)
      }
      return
    }
    if adding, scale != 1 {
      withSpace(rows * columns) { product in
        run(a, b, rows: rows, columns: columns, depth: depth, adding: false, product, columns)
        for row in 0..<rows {
          ck_add_scaled(columns, scale, product + row * columns, result + row * stride)
        }
      }
      return
    }
    run(a, b, rows: rows, columns: columns, depth: depth, adding: adding, result, stride)
    guard scale != 1 else { return }
    for row in 0..<rows {
      ck_scale(columns, scale, result + row * stride, result + row * stride)
    }
  }

  private func run(
    _ a: MatrixFactor, _ b: MatrixFactor, rows: Int, columns: Int, depth: Int, adding: Bool,
    _ result: UnsafeMutablePointer<Float>, _ stride: Int
  ) {
    let kind = Kind(
      rows: rows, columns: columns, depth: depth, aStride: a.stride, bStride: b.stride,
      stride: stride, aIsTransposed: a.isTransposed, bIsTransposed: b.isTransposed,
      adding: adding)
    var product = known[kind] ?? make(kind)
    let status = peft_matmul_run(&product, stream, a.start, b.start, result)
    precondition(status == dnnl_success, "a product of [\(rows), \(depth)] fails: \(status)")
  }

  private func make(_ kind: Kind) -> peft_matmul {
    if known.count == Self.mostKinds { forget() }
    if stream == nil {
      let status = dnnl_stream_create(
        &stream, Self.engine, UInt32(dnnl_stream_default_flags.rawValue))
      precondition(status == dnnl_success, "no stream of products: \(status)")
    }
    func strides(_ stride: Int, _ isTransposed: Bool) -> (row: dnnl_dim_t, column: dnnl_dim_t) {
      isTransposed ? (1, dnnl_dim_t(stride)) : (dnnl_dim_t(stride), 1)
    }
    let (a, b) = (
      strides(kind.aStride, kind.aIsTransposed), strides(kind.bStride, kind.bIsTransposed)
    )
    var sizes = peft_matmul_sizes(
      rows: dnnl_dim_t(kind.rows), columns: dnnl_dim_t(kind.columns),
      depth: dnnl_dim_t(kind.depth), a_row: a.row, a_column: a.column, b_row: b.row,
      b_column: b.column, c_row: dnnl_dim_t(kind.stride), adding: kind.adding ? 1 : 0)
    var product = peft_matmul()
    let status = peft_matmul_create(&product, Self.engine, &sizes)
    precondition(status == dnnl_success, "no product of \(kind): \(status)")
    known[kind] = product
    return product
  }

  /// Gives `body` both factors as 32-bit floats.
  private func widen(
    _ a: MatrixFactor, rows aRows: Int, columns aColumns: Int, _ b: MatrixFactor,
    rows bRows: Int, columns bColumns: Int, _ body: (MatrixFactor, MatrixFactor) -> Void
  ) {
    let count = aRows * aColumns
    withSpace(count + bRows * bColumns) { start in
      body(
        a.widened(rows: aRows, columns: aColumns, into: start),
        b.widened(rows: bRows, columns: bColumns, into: start + count))
    }
  }

  private func withSpace(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    var own: [Float] = []
    swap(&own, &space)
    if own.count < count { own = [Float](repeating: 0, count: count) }
    own.withUnsafeMutableBufferPointer { if let start = $0.baseAddress { body(start) } }
    swap(&own, &space)
  }
}

extension MatrixFactor {
  /// A transposed factor, copied so that it is none.
  fileprivate func upright(
    rows: Int, columns: Int, in space: UnsafeMutablePointer<Float>
  ) -> MatrixFactor {
    let source = start.assumingMemoryBound(to: UInt16.self)
    let target = UnsafeMutableRawPointer(space).assumingMemoryBound(to: UInt16.self)
    for column in 0..<columns {
      for row in 0..<rows { target[row * columns + column] = source[column * stride + row] }
    }
    return MatrixFactor(start: target, element: element, stride: columns)
  }

  fileprivate func widened(
    rows: Int, columns: Int, into space: UnsafeMutablePointer<Float>
  ) -> MatrixFactor {
    let (rows, columns) = isTransposed ? (columns, rows) : (rows, columns)
    let source = start.assumingMemoryBound(to: UInt16.self)
    for row in 0..<rows { ck_widen_bf16(columns, source + row * stride, space + row * columns) }
    return MatrixFactor(start: space, stride: columns, isTransposed: isTransposed)
  }
}
