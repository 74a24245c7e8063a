import CLAPACK

/// Products through the system's BLAS, by the calls that every one has: OpenBLAS, Accelerate and others.
///
/// BLAS knows no bfloat16: such factors are copied as 32-bit floats first.
final class CBLASProducts: ProductLibrary {
  static var kernels: String {
    typealias Name = @convention(c) () -> UnsafePointer<CChar>?
    let core = LoadedSymbol.find("openblas_get_corename", as: Name.self)?()
    return core.map { "OpenBLAS \(String(cString: $0))" } ?? "CBLAS"
  }

  static var obstacleToHalves: String? {
    "this build is without oneDNN, and BLAS has no products of bfloat16"
  }

  // As the standard numbers them.
  private static let rowMajor: CInt = 101
  private static let plain: CInt = 111
  private static let transposed: CInt = 112

  let space = ProductSpace()

  init() { BLASThreads.useOne() }

  func multiplySingles(_ product: Multiplication) {
    func order(_ factor: MatrixFactor) -> CInt {
      factor.isTransposed ? Self.transposed : Self.plain
    }
    let (a, b) = (product.a, product.b)
    cblas_sgemm(
      Self.rowMajor, order(a), order(b), CInt(product.rows), CInt(product.columns),
      CInt(product.depth), product.scale, a.start.assumingMemoryBound(to: Float.self),
      CInt(a.stride), b.start.assumingMemoryBound(to: Float.self), CInt(b.stride),
      product.adding ? 1 : 0, product.result, CInt(product.stride))
  }

  func multiplyHalves(_ product: Multiplication) {
    product.widened(in: space, multiplySingles)
  }
}
