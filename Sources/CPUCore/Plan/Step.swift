import ModelGraph

/// One call of a kernel in a program.
struct Step: Sendable {
  let kernel: any Kernel
  var operands: [Operand]
  var results: [Operand]
  /// The path of the module it is part of, for messages and printing.
  let module: String
}

/// Where a step reads or writes a value, and how the value lies there.
struct Operand: Hashable, Sendable {
  enum Place: Hashable, Sendable {
    /// Working memory, by the buffer's number.
    case buffer(Int)
    case parameter(Parameter.ID)
    /// A parameter that does not change, rounded to bfloat16 once.
    case rounded(Parameter.ID)
    /// A table that the plan determines, by its number.
    case table(Int)
  }

  let place: Place
  /// Entries from the start of the place.
  var start = 0
  let layout: Layout
  let element: ElementType
  /// The share of entries that are not 0, of packed ones; nil where it is not known before they are there.
  var density: Double?

  /// The same rows as those of a matrix.
  var asMatrix: Operand {
    Operand(
      place: place, start: start,
      layout: Layout([layout.rows, layout.columns], stride: layout.stride), element: element,
      density: density)
  }
}
