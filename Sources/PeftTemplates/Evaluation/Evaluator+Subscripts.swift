import PeftBasics

extension Evaluator {
  /// `object.name`: an attribute or a method, else the member of that name.
  func attribute(_ name: String, of object: Value) throws -> Value {
    switch object {
    case .undefined(let undefined): throw undefined.fault
    case .namespace(let namespace):
      return namespace.attributes[name] ?? missing(name, of: object)
    case .loop(let loop): return try attribute(name, of: loop)
    case .macro(let macro):
      if name == "name" { return macro.declaration.name.map(Value.text) ?? .null }
    default: break
    }
    if let method = method(name, of: object) { return method }
    if case .map(let members) = object, let value = members[name] { return value }
    return missing(name, of: object)
  }

  /// `object[key]`: an element or a member, else the attribute of that name.
  func item(_ key: Value, of object: Value) throws -> Value {
    switch (object, key) {
    case (.undefined(let undefined), _): throw undefined.fault
    case (.map(let members), _):
      // What cannot be a key is not there; only tuples are worth a count.
      switch key {
      case .list, .map, .view, .undefined: break
      default: if let value = try members[Key(key, budget)] { return value }
      }
    case (.list(let elements), _), (.tuple(let elements), _):
      if let index = key.asInteger {
        return element(index, count: elements.items.count).map { elements.items[$0] }
          ?? missing(index)
      }
    case (.range(let range), _):
      if let index = key.asInteger {
        let numbers = range.numbers
        return element(index, count: numbers.count).map { numbers[$0] } ?? missing(index)
      }
    case (.text(let text), _):
      if let index = key.asInteger {
        try budget.step(pieces: text.utf8.count)
        let scalars = text.unicodeScalars
        return element(index, count: scalars.count).map { offset in
          .text(String(scalars[scalars.index(scalars.startIndex, offsetBy: offset)]))
        } ?? missing(index)
      }
    case (.namespace, _), (.loop, _):
      if let name = key.asText { return try attribute(name, of: object) }
    default: break
    }
    if let name = key.asText { return method(name, of: object) ?? missing(name, of: object) }
    return .undefined(Undefined(reason: "a '\(object.typeName)' has no such element"))
  }

  private func element(_ index: Int, count: Int) -> Int? {
    let index = index < 0 ? index + count : index
    return 0..<count ~= index ? index : nil
  }

  private func missing(_ index: Int) -> Value {
    .undefined(Undefined(reason: "there is no element \(index)"))
  }

  private func missing(_ name: String, of object: Value) -> Value {
    .undefined(Undefined(reason: "a '\(object.typeName)' has no attribute '\(name.shown)'"))
  }

  private func method(_ name: String, of object: Value) -> Value? {
    guard let methods = Methods.names(of: object) else { return nil }
    if methods.changing.contains(name) || name.hasPrefix("__") {
      return .undefined(
        Undefined(
          reason: "'\(name.shown)' of a '\(object.typeName)' is not for templates", isUnsafe: true))
    }
    return methods.reading.contains(name) ? .method(name) : nil
  }

  private func attribute(_ name: String, of loop: LoopState) throws -> Value {
    switch name {
    case "index": return .integer(loop.index + 1)
    case "index0": return .integer(loop.index)
    case "first": return .bool(loop.index == 0)
    case "last": return .bool(try loop.next() == nil)
    case "length": return .integer(try loop.count())
    case "revindex": return .integer(try loop.count() - loop.index)
    case "revindex0": return .integer(try loop.count() - loop.index - 1)
    case "depth": return .integer(loop.depth + 1)
    case "depth0": return .integer(loop.depth)
    case "previtem":
      return loop.previous ?? .undefined(Undefined(reason: "there is no previous item"))
    case "nextitem":
      return try loop.next() ?? .undefined(Undefined(reason: "there is no next item"))
    case "cycle", "changed": return .method(name)
    default: return missing(name, of: .loop(loop))
    }
  }

  // MARK: Slices

  func slice(
    of object: Expression, _ start: Expression?, _ end: Expression?, _ step: Expression?
  ) throws -> Value {
    let object = try value(of: object)
    let step = try bound(step) ?? 1
    guard step != 0 else { throw Fault.wrong("the step of a slice is 0") }
    let (start, end) = (try bound(start), try bound(end))
    func indices(_ count: Int) -> [Int] { Self.indices(start, end, step, count: count) }
    switch object {
    case .undefined(let undefined): throw undefined.fault
    case .list(let elements): return .list(try part(elements, indices(elements.items.count)))
    case .tuple(let elements): return .tuple(try part(elements, indices(elements.items.count)))
    case .range(let range):
      let numbers = try Elements(range.numbers)
      return .list(try part(numbers, indices(numbers.items.count)))
    case .text(let text):
      try budget.make(text: text.utf8.count)
      // Characters of four bytes each for a moment.
      try budget.make(4 * text.utf8.count)
      let scalars = Array(text.unicodeScalars)
      return .text(String(scalars: indices(scalars.count).lazy.map { scalars[$0] }))
    default: return .undefined(Undefined(reason: "a '\(object.typeName)' has no slices"))
    }
  }

  private func bound(_ expression: Expression?) throws -> Int? {
    guard let expression else { return nil }
    let value = try value(of: expression)
    switch value {
    case .null: return nil
    case .undefined(let undefined): throw undefined.fault
    default:
      guard let number = value.asInteger else {
        throw Fault.wrong("a slice needs whole numbers, not '\(value.typeName)'")
      }
      return number
    }
  }

  private func part(_ elements: Elements, _ indices: [Int]) throws -> Elements {
    try budget.make(indices.count * Budget.elementBytes)
    return elements.part(indices.map { elements.items[$0] })
  }

  private static func indices(_ start: Int?, _ end: Int?, _ step: Int, count: Int) -> [Int] {
    func clamped(_ index: Int, _ low: Int, _ high: Int) -> Int {
      max(low, min(high, index < 0 ? index.addingReportingOverflow(count).partialValue : index))
    }
    if step > 0 {
      let from = start.map { clamped($0, 0, count) } ?? 0
      let to = end.map { clamped($0, 0, count) } ?? count
      return Array(stride(from: from, to: to, by: step))
    }
    let from = start.map { clamped($0, -1, count - 1) } ?? count - 1
    let to = end.map { clamped($0, -1, count - 1) } ?? -1
    return Array(stride(from: from, to: to, by: step))
  }
}
