import ModelGraph
import PeftBasics

/// Sums entry by entry.
enum AddStep: Step {
  static let name = "add"
  static let summary = "The sum of two or more values, entry by entry; axes of size 1 broadcast."

  static func build(_ call: StepCall) throws -> [Value.ID] {
    try call.apply(Add(), to: call.inputs())
  }
}

/// Products entry by entry.
enum MultiplyStep: Step {
  static let name = "multiply"
  static let summary =
    "The product of two or more values, entry by entry; axes of size 1 broadcast."

  static func build(_ call: StepCall) throws -> [Value.ID] {
    try call.apply(Multiply(), to: call.inputs())
  }
}

/// A constant factor.
enum ScaleStep: Step {
  static let name = "scale"
  static let summary = "Every entry times a constant."

  static let by = Attribute<Double>.required("by", .number, "The factor.")
  static let attributes: [any AttributeDeclaration] = [by]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    try call.apply(Scale(by: call.value(by)), to: [call.input()])
  }
}

/// Dropout, active only in training.
enum DropoutStep: Step {
  static let name = "dropout"
  static let summary = "In training, zeroes entries at random and scales the others up."

  static let rate = Attribute<Double>.required(
    "rate", .number, "Dropout rate, from 0 up to but not including 1.")
  static let attributes: [any AttributeDeclaration] = [rate]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    try call.declareModule("Dropout")
    return try call.apply(Dropout(rate: call.rate(rate)), to: [call.input()])
  }
}

/// The product of two matrices.
enum MatMulStep: Step {
  static let name = "matmul"
  static let summary = "The matrix product of two values, over their last two axes."

  static let transpose = Attribute<String>(
    "transpose", .word(["none", "first", "second"]), default: "none",
    "Which factor is transposed before.")
  static let attributes: [any AttributeDeclaration] = [transpose]

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let transposed = try call.value(transpose)
    return try call.apply(
      MatrixProduct(
        transposesFirst: transposed == "first", transposesSecond: transposed == "second"),
      to: call.inputs(2))
  }
}

extension StepCall {
  /// A rate from 0 up to, but not including, 1.
  func rate(_ attribute: Attribute<Double>) throws -> Double {
    let rate = try value(attribute)
    guard rate >= 0, rate < 1 else {
      throw DescriptionError(
        StepProblem.rateOutOfRange(rate),
        at: step.attributes[attribute.name]?.range ?? step.keyRange)
    }
    return rate
  }
}
