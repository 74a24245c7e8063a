/// What a value is.
enum KindTests {
  static let all: [String: Test] = [
    "defined": Test { _, value, _ in !value.isUndefined },
    "undefined": Test { _, value, _ in value.isUndefined },
    "none": Test { _, value, _ in if case .null = value { true } else { false } },
    "boolean": Test { _, value, _ in if case .bool = value { true } else { false } },
    "true": Test { _, value, _ in if case .bool(true) = value { true } else { false } },
    "false": Test { _, value, _ in if case .bool(false) = value { true } else { false } },
    "integer": Test { _, value, _ in
      switch value {
      case .integer, .longInteger: true
      default: false
      }
    },
    "float": Test { _, value, _ in if case .float = value { true } else { false } },
    "number": Test { _, value, _ in
      switch value {
      case .bool, .integer, .longInteger, .float: true
      default: false
      }
    },
    "string": Test { _, value, _ in value.asText != nil },
    "mapping": Test { _, value, _ in if case .map = value { true } else { false } },
    "sequence": Test { _, value, _ in
      switch value {
      case .text, .list, .tuple, .map, .range, .undefined: true
      default: false
      }
    },
    "iterable": Test { _, value, _ in
      switch value {
      case .text, .list, .tuple, .map, .range, .view, .iterator, .loop, .undefined: true
      default: false
      }
    },
    "callable": Test { _, value, _ in
      switch value {
      case .macro, .function, .method, .loop, .undefined: true
      default: false
      }
    },
    "escaped": Test { _, _, _ in false },
    "lower": Test { evaluator, value, _ in
      try Printing.text(of: value, evaluator.budget).isCased(upper: false)
    },
    "upper": Test { evaluator, value, _ in
      try Printing.text(of: value, evaluator.budget).isCased(upper: true)
    },
    "filter": Test { _, value, _ in value.asText.map { FilterCatalog.all[$0] != nil } ?? false },
    "test": Test { _, value, _ in value.asText.map { TestCatalog.all[$0] != nil } ?? false },
  ]
}
