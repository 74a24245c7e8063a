import ModelGraph
import PeftBasics

/// A step that makes one entry of all along some axes.
protocol ReductionStep: Step {
  static var function: Reduce.Function { get }
}

extension ReductionStep {
  static var attributes: [any AttributeDeclaration] { ReductionAttributes.all }

  static func build(_ call: StepCall) throws -> [Value.ID] {
    let x = try call.input()
    let axes = try ReductionAttributes.axes(of: x, call)
    let keeps = try call.value(ReductionAttributes.keep)
    return try call.apply(Reduce(function, axes: axes, keepsAxes: keeps), to: [x])
  }
}

enum MeanStep: ReductionStep {
  static let name = "mean"
  static let summary = "The mean along some axes."
  static let function = Reduce.Function.mean
}

enum SumStep: ReductionStep {
  static let name = "sum"
  static let summary = "The sum along some axes."
  static let function = Reduce.Function.sum
}

enum MaxStep: ReductionStep {
  static let name = "max"
  static let summary = "The largest entry along some axes."
  static let function = Reduce.Function.max
}

private enum ReductionAttributes {
  static let axes = Attribute<[AxisName]>.required(
    "axes", .axes, "The axes, counted from 0 or, below 0, from the end; an open one by its name.")
  static let keep = Attribute<Bool>(
    "keep", .flag, default: false, "Whether they stay, with a size of 1.")
  static let all: [any AttributeDeclaration] = [axes, keep]

  /// The axes by their numbers from 0.
  static func axes(of value: Value.ID, _ call: StepCall) throws -> [Int] {
    let shape = call.builder.graph[value].type.shape
    let names = try call.value(axes)
    return try names.map { try call.axis($0, of: shape, attribute: axes.name) }
  }
}

/// An axis of a value: its number, or the name of one that is open.
enum AxisName: AttributeValue {
  case number(Int)
  case name(String)

  static func read(_ node: DocumentNode, as _: AttributeKind, in scope: Scope) throws -> AxisName {
    if case .text(let name) = try scope.value(node) { return .name(name) }
    return .number(try scope.whole(node, minimum: .min))
  }
}

extension StepCall {
  /// The number of an axis, from 0.
  func axis(_ axis: AxisName, of shape: Shape, attribute: String) throws -> Int {
    let range = step.attributes[attribute]?.range ?? step.keyRange
    switch axis {
    case .number(let number):
      let counted = number < 0 ? number + shape.rank : number
      if shape.dimensions.indices.contains(counted) { return counted }
      throw DescriptionError(
        StepProblem.noAxis(number, of: shape, operation: operation), at: range,
        note: dimensionNote)
    case .name(let name):
      if let found = shape.dimensions.firstIndex(of: .symbol(name)) { return found }
      throw DescriptionError(
        StepProblem.unknownAxis(name, of: shape, operation: operation), at: range)
    }
  }
}
