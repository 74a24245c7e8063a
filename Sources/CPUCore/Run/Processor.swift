import CKernels

/// What this process computes with.
public enum Processor {
  /// The kernels that this processor, the library of products, and limits on them in the environment lead to:
  /// others round other last bits.
  public static let kernels: String = {
    let loops = String(cString: ck_table_at(ck_table_count() - 1).pointee.name)
    return "\(loops), \(Products.kernels)"
  }()
}
