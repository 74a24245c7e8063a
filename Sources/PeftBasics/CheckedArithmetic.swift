/// A number of elements or bytes that does not fit the machine's integers.
public struct SizeOverflow: Diagnosis, Equatable {
  /// What was being counted, such as "the size of [1099511627776, 8388608]".
  public let subject: String

  public init(counting subject: String) { self.subject = subject }

  public var words: (problem: String, fix: String?) {
    ("\(subject) is beyond 2^63", "choose smaller sizes")
  }
}

extension Collection where Element == Int {
  /// The product of all elements: the number of entries in a tensor of these sizes.
  /// - Throws: `SizeOverflow` where the product is beyond 2⁶³ − 1.
  public func checkedProduct() throws(SizeOverflow) -> Int {
    var product = 1
    for factor in self {
      let (result, overflow) = product.multipliedReportingOverflow(by: factor)
      guard !overflow else { throw SizeOverflow(counting: "the size of \(Array(self))") }
      product = result
    }
    return product
  }

  /// The sum of all elements.
  /// - Throws: `SizeOverflow` where the sum is beyond 2⁶³ − 1.
  public func checkedSum(of subject: @autoclosure () -> String) throws(SizeOverflow) -> Int {
    var sum = 0
    for term in self {
      let (result, overflow) = sum.addingReportingOverflow(term)
      guard !overflow else { throw SizeOverflow(counting: subject()) }
      sum = result
    }
    return sum
  }
}
