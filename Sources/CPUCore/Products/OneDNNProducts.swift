#if oneDNN
  import COneDNN

  /// Products through oneDNN: those of 32-bit floats by its `sgemm`, those of bfloat16 by primitives.
  final class OneDNNProducts: ProductLibrary {
    static var kernels: String {
      "oneDNN \(String(dnnl_get_effective_cpu_isa().rawValue, radix: 16))"
    }

    static var obstacleToHalves: String? {
      HalfProducts.areFast ? nil : "this processor has no products of bfloat16"
    }

    let space = ProductSpace()
    private let halves: HalfProducts?

    init() { halves = HalfProducts(space: space) }

    func multiplySingles(_ product: Multiplication) {
      func letter(_ factor: MatrixFactor) -> CChar {
        CChar(UInt8(ascii: factor.isTransposed ? "T" : "N"))
      }
      let (a, b) = (product.a, product.b)
      let status = dnnl_sgemm(
        letter(a), letter(b), dnnl_dim_t(product.rows), dnnl_dim_t(product.columns),
        dnnl_dim_t(product.depth), product.scale, a.start.assumingMemoryBound(to: Float.self),
        dnnl_dim_t(a.stride), b.start.assumingMemoryBound(to: Float.self), dnnl_dim_t(b.stride),
        product.adding ? 1 : 0, product.result, dnnl_dim_t(product.stride))
      // Other errors are wrong sizes, which would be a fault of our own code, or a lack of memory.
      precondition(
        status == dnnl_success,
        "a product of [\(product.rows), \(product.depth)] fails: \(status)")
    }

    func multiplyHalves(_ product: Multiplication) {
      if let halves {
        halves.multiply(product)
      } else {
        product.widened(in: space, multiplySingles)
      }
    }
  }
#endif
