/// An operator whose second operand is a module's weight and whose third, if there, is its bias.
///
/// It is linear in its input, so that an update of the weight can be added to the weight or applied
/// beside it.
public protocol WeightedOperator: Operator {}

extension Linear: WeightedOperator {}
extension Embedding: WeightedOperator {}
extension Convolution2D: WeightedOperator {}
