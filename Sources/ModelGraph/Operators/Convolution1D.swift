/// A convolution over sequences, channels before positions.
///
/// Operands: `x [batch, in, length]`, `weight [out, in / groups, kernel]`, and perhaps `bias [out]`. Result:
/// `[batch, out, …]`, by the rule of `ConvolutionOperator`. In descriptions `conv1d` without a kernel is GPT-2's fully
/// connected layer.
package struct Convolution1D: ConvolutionOperator {
  package static let name = "conv1d"
  package static let axisCount = 1
  package let geometry: ConvolutionGeometry
  package init(_ geometry: ConvolutionGeometry) { self.geometry = geometry }
}
