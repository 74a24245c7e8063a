/// A convolution over images.
///
/// Operands: `x [batch, in, height, width]`, `weight [out, in / groups, rows, columns]`, and perhaps
/// `bias [out]`. Result: `[batch, out, …, …]`, by the rule of `ConvolutionOperator`.
package struct Convolution2D: ConvolutionOperator {
  package static let name = "conv2d"
  package static let axisCount = 2
  package let geometry: ConvolutionGeometry
  package init(_ geometry: ConvolutionGeometry) { self.geometry = geometry }

  /// One without padding, with the same stride in both directions.
  package init(stride: Int) { self.init(ConvolutionGeometry(stride: [stride, stride])) }
}
