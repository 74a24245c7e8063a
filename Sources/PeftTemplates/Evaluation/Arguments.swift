import PeftBasics

/// What a call is given.
struct Arguments {
  var positional: [Value] = []
  var named: [(name: String, value: Value)] = []

  /// The argument of each parameter; nil where it is left to its default.
  /// - Parameter what: What is called, for an error.
  func bound(to parameters: [String], of what: @autoclosure () -> String) throws -> Bound {
    guard positional.count <= parameters.count else {
      throw Fault.wrong("\(what()) takes \(parameters.count.counted("argument")) at most")
    }
    var values: [Value?] =
      positional
      + Array(
        repeating: nil, count: parameters.count - positional.count)
    for (name, value) in named {
      guard let index = parameters.firstIndex(of: name) else {
        throw Fault.wrong("\(what()) has no argument '\(name.shown)'")
      }
      guard values[index] == nil else {
        throw Fault.wrong("\(what()) is given '\(name)' twice")
      }
      values[index] = value
    }
    return Bound(parameters: parameters, values: values)
  }

  /// Without the first positional ones.
  func dropping(_ count: Int) -> Arguments {
    Arguments(positional: Array(positional.dropFirst(count)), named: named)
  }
}

/// Arguments in the order of their parameters.
struct Bound {
  let parameters: [String]
  let values: [Value?]

  subscript(index: Int) -> Value? { values[index] }

  func required(_ index: Int) throws -> Value {
    guard let value = values[index] else {
      throw Fault.wrong("the argument '\(parameters[index])' is missing")
    }
    return value
  }

  /// A flag, false where it is not given.
  func flag(_ index: Int, default initial: Bool = false) -> Bool {
    values[index]?.isTrue ?? initial
  }

  /// A whole number; nil where it is not given, or given as none.
  func integer(_ index: Int) throws -> Int? {
    switch values[index] {
    case nil, .some(.null): return nil
    case .some(let value):
      guard let number = value.asInteger else {
        throw wrong(index, "a whole number", value)
      }
      return number
    }
  }

  /// A text; nil where it is not given, or given as none.
  func text(_ index: Int) throws -> String? {
    switch values[index] {
    case nil, .some(.null): return nil
    case .some(.text(let text)): return text
    case .some(let value): throw wrong(index, "a text", value)
    }
  }

  func requiredText(_ index: Int) throws -> String {
    let value = try required(index)
    guard let text = value.asText else { throw wrong(index, "a text", value) }
    return text
  }

  func requiredInteger(_ index: Int) throws -> Int {
    let value = try required(index)
    guard let number = value.asInteger else { throw wrong(index, "a whole number", value) }
    return number
  }

  private func wrong(_ index: Int, _ expected: String, _ value: Value) -> Fault {
    if case .undefined(let undefined) = value { return undefined.fault }
    return Fault.wrong("'\(parameters[index])' is to be \(expected), not '\(value.typeName)'")
  }
}
