import Peft
import PeftTestSupport

extension Tensor {
  /// What a difference is compared with.
  enum Scale {
    /// The largest entry. Where all are 0, what is left of terms that cancel is compared with 1.
    case largestEntry
    /// The largest entry, or 1 where that is larger.
    case atLeastOne
  }

  /// The largest difference from another tensor, relative to its size; infinite where shapes differ or
  /// something is NaN.
  /// - Parameter rows: Which rows count; all where nil.
  func distance(
    from expected: Tensor, rows: [Bool]? = nil, relativeTo scale: Scale = .largestEntry
  ) -> Double {
    guard shape == expected.shape else { return .infinity }
    let (found, entries, width) = (floats(), expected.floats(), shape.last ?? 1)
    let counted = found.indices.filter { rows?[$0 / width] ?? true }
    let difference = largest(counted.lazy.map { Double(abs(found[$0] - entries[$0])) })
    let size = largest(counted.lazy.map { Double(abs(entries[$0])) })
    guard size.isFinite else { return .infinity }
    return switch scale {
    case .largestEntry: difference / (size > 0 ? size : 1)
    case .atLeastOne: difference / max(size, 1)
    }
  }
}
