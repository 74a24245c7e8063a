import CKernels
import COneDNN

/// What this process computes with.
public enum Processor {
  /// The kernels that this processor, and limits on it in the environment, lead to: others round other last
  /// bits.
  public static let kernels: String = {
    let loops = String(cString: ck_table_at(ck_table_count() - 1).pointee.name)
    return "\(loops), oneDNN \(String(dnnl_get_effective_cpu_isa().rawValue, radix: 16))"
  }()
}
