/// A library that multiplies matrices, as the rest of the core sees it: sizes, types and layouts go in, and only
/// the file of a library knows which one it is. Every worker thread has one of these for itself.
protocol ProductLibrary: AnyObject {
  /// The kernels that it computes with on this processor: others round other last bits.
  static var kernels: String { get }

  /// Why products of bfloat16 take longer than those of 32-bit floats; nil where they do not.
  static var obstacleToHalves: String? { get }

  /// Memory of the thread, for what is brought into another form before it is multiplied.
  var space: ProductSpace { get }

  /// Made on the thread that computes with it.
  init()

  /// A product of 32-bit floats.
  func multiplySingles(_ product: Multiplication)

  /// A product of bfloat16, summed in 32 bits.
  func multiplyHalves(_ product: Multiplication)
}

/// The library of this build, by the package's trait.
#if oneDNN
  typealias Products = OneDNNProducts
#else
  typealias Products = CBLASProducts
#endif
