import Testing

@testable import ModelGraph

/// An operator on operands that fit it, and what it makes of them.
struct FittingCase: CustomTestStringConvertible, Sendable {
  let operation: any Operator
  let operands: [ValueType]
  let results: [ValueType]

  init(_ operation: any Operator, _ operands: [ValueType], makes results: ValueType...) {
    self.operation = operation
    self.operands = operands
    self.results = results
  }

  var testDescription: String { "\(operation) of \(operands)" }

  func check() throws {
    #expect(try operation.results(of: operands) == results)
  }
}

/// An operator on operands that do not fit it, and what it says.
struct MismatchCase: CustomTestStringConvertible, Sendable {
  let operation: any Operator
  let operands: [ValueType]
  let message: String

  init(_ operation: any Operator, _ operands: [ValueType], says message: String) {
    self.operation = operation
    self.operands = operands
    self.message = message
  }

  var testDescription: String { message }

  func check() {
    let error = #expect(throws: ShapeError.self) { try operation.results(of: operands) }
    #expect(error?.problem == "\(operation.name): \(message)")
  }
}

/// The type of real numbers of a shape.
func real(_ dimensions: Dimension...) -> ValueType { ValueType(Shape(dimensions)) }
/// The type of indices of a shape.
func indices(_ dimensions: Dimension...) -> ValueType { ValueType(Shape(dimensions), .index) }
/// The type of a mask of a shape.
func mask(_ dimensions: Dimension...) -> ValueType { ValueType(Shape(dimensions), .mask) }

let batch = Dimension.symbol("batch")
let sequence = Dimension.symbol("sequence")
