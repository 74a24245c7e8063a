#if oneDNN
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

      init(_ product: Multiplication) {
        (rows, columns, depth) = (product.rows, product.columns, product.depth)
        (aStride, bStride, stride) = (product.a.stride, product.b.stride, product.stride)
        (aIsTransposed, bIsTransposed) = (product.a.isTransposed, product.b.isTransposed)
        adding = product.adding
      }
    }

    /// Up to this depth a transposed second factor costs the library more than copying it does; attention's
    /// heads are deeper.
    private static let thinDepth = 32

    /// More kinds than a program has; one of changing sizes starts over.
    private static let mostKinds = 4096
    private var known: [Kind: peft_matmul] = [:]
    private var stream: dnnl_stream_t?
    /// A thin factor that is no longer transposed; or a result that is scaled and added.
    private let space: ProductSpace

    /// Nil where the library has no such products for this processor.
    init?(space: ProductSpace) {
      guard Self.arePrimitives else { return nil }
      self.space = space
    }

    deinit {
      forget()
      if let stream { dnnl_stream_destroy(stream) }
    }

    private func forget() {
      for var product in known.values { peft_matmul_destroy(&product) }
      known = [:]
    }

    /// The library scales slowly, so that this is done afterwards.
    func multiply(_ product: Multiplication) {
      let (rows, columns, depth) = (product.rows, product.columns, product.depth)
      let scale = product.scale
      if product.b.isTransposed, depth <= Self.thinDepth {
        space.with((columns * depth + 1) / 2) { space in
          var upright = product
          upright.b = product.b.upright(rows: depth, columns: columns, in: space)
          multiply(upright)
        }
        return
      }
      if product.adding, scale != 1 {
        space.with(rows * columns) { sum in
          var fresh = product
          (fresh.adding, fresh.result, fresh.stride) = (false, sum, columns)
          run(fresh)
          for row in 0..<rows {
            ck_add_scaled(
              columns, scale, sum + row * columns, product.result + row * product.stride)
          }
        }
        return
      }
      run(product)
      guard scale != 1 else { return }
      for row in 0..<rows {
        let start = product.result + row * product.stride
        ck_scale(columns, scale, start, start)
      }
    }

    /// The product without its scale.
    private func run(_ product: Multiplication) {
      let kind = Kind(product)
      var primitive = known[kind] ?? make(kind)
      let status = peft_matmul_run(
        &primitive, stream, product.a.start, product.b.start, product.result)
      precondition(
        status == dnnl_success,
        "a product of [\(product.rows), \(product.depth)] fails: \(status)")
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
  }
#endif
