import PeftBasics

/// `value | name(arguments)`
struct Filter: Sendable {
  let body: @Sendable (Evaluator, Value, Arguments) throws -> Value

  /// A filter that takes whatever it is given.
  init(open body: @escaping @Sendable (Evaluator, Value, Arguments) throws -> Value) {
    self.body = body
  }

  init(
    _ parameters: String..., body: @escaping @Sendable (Evaluator, Value, Bound) throws -> Value
  ) {
    self.body = { evaluator, value, arguments in
      try body(evaluator, value, arguments.bound(to: parameters, of: "the filter"))
    }
  }

  /// A filter from text to text; other values are printed first.
  static func ofText(
    _ parameters: String...,
    body: @escaping @Sendable (Evaluator, String, Bound) throws -> String
  ) -> Filter {
    Filter(open: { evaluator, value, arguments in
      let bound = try arguments.bound(to: parameters, of: "the filter")
      let text = try Printing.text(of: value, evaluator.budget)
      try evaluator.budget.make(text: text.utf8.count)
      return .text(try body(evaluator, text, bound))
    })
  }
}

/// Every filter by its name.
enum FilterCatalog {
  static let all: [String: Filter] = [
    TextFilters.all, SequenceFilters.all, ChoiceFilters.all, MapFilters.all, NumberFilters.all,
  ].reduce(into: [:]) { all, some in all.merge(some) { $1 } }

  /// Jinja's filters that no chat template was seen to need, most of them about HTML.
  private static let others: Set = [
    "attr", "e", "escape", "filesizeformat", "forceescape", "groupby", "pprint", "random", "slice",
    "striptags", "urlencode", "urlize", "wordwrap", "xmlattr",
  ]

  /// What is wrong with a filter that is not here.
  static func missing(_ name: String) -> Fault {
    others.contains(name)
      ? Fault(.unsupported("the filter '\(name)'"))
      : Fault.wrong("there is no filter '\(name.shown)'")
  }
}
