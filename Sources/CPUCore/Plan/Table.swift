/// Constants that several steps read and that follow from a few settings.
protocol Table: Hashable, Sendable {
  var count: Int { get }
  func fill(_ entries: UnsafeMutableBufferPointer<Float>)
}
