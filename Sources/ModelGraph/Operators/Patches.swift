/// An image of features as a sequence: `[batch, features, height, width]` becomes
/// `[batch, height · width, features]`.
package struct Patches: Operator {
  package static let name = "patches"
  package init() {}

  package func results(of operands: [ValueType]) throws(ShapeError) -> [ValueType] {
    try expect(operands, count: 1...1)
    try expect(operands[0], "the input", rank: 4)
    let axes = operands[0].shape.dimensions
    guard let height = axes[2].size, let width = axes[3].size else {
      throw ShapeError(name, .unknownSize(operand: "the input", operands[0].shape))
    }
    let (count, overflow) = height.multipliedReportingOverflow(by: width)
    guard !overflow else { throw ShapeError(name, .overflow("the number of patches")) }
    return [ValueType([axes[0], .size(count), axes[1]], operands[0].element)]
  }
}
