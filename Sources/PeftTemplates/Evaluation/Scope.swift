/// Names and what they stand for: of the template, of a pass through a loop, of a call of a macro.
final class Scope {
  var variables: [String: Value] = [:]
  let outer: Scope?

  init(in outer: Scope?) { self.outer = outer }

  func value(of name: String) -> Value? {
    var scope: Scope? = self
    while let present = scope {
      if let value = present.variables[name] { return value }
      scope = present.outer
    }
    return nil
  }
}

/// A macro and where it was made: it sees what is there when it is called.
final class Macro {
  let declaration: Statement.Macro
  let scope: Scope

  init(_ declaration: Statement.Macro, in scope: Scope) {
    (self.declaration, self.scope) = (declaration, scope)
  }
}

/// Where a loop is: what `loop` stands for. Elements are tried against the loop's condition one by one, as
/// the loop comes to them or looks ahead.
final class LoopState {
  let declaration: Statement.ForLoop
  /// Where the loop stands.
  let scope: Scope
  let depth: Int
  private var all: [Value]
  private var position = 0
  private var isIncluded: ((Value) throws -> Bool)?
  private(set) var index = -1
  private(set) var previous: Value?
  private var current: Value?
  private var upcoming: Value?
  private var knownCount: Int?
  private var lastChanged: [Value]?

  init(
    _ declaration: Statement.ForLoop, over items: [Value], in scope: Scope, depth: Int,
    where isIncluded: ((Value) throws -> Bool)?
  ) {
    (self.declaration, self.scope, self.depth) = (declaration, scope, depth)
    (all, self.isIncluded) = (items, isIncluded)
  }

  func advance() throws -> Value? {
    guard let next = try next() else { return nil }
    upcoming = nil
    index += 1
    previous = current
    current = next
    return next
  }

  /// The element after the present one.
  func next() throws -> Value? {
    if upcoming == nil { upcoming = try pull() }
    return upcoming
  }

  private func pull() throws -> Value? {
    while position < all.count {
      position += 1
      let item = all[position - 1]
      if try isIncluded?(item) ?? true { return item }
    }
    return nil
  }

  /// How many elements the loop goes through.
  func count() throws -> Int {
    if let knownCount { return knownCount }
    var count = all.count
    if let isIncluded {
      // Those that are still to come are tried now, and once.
      let rest = try all[position...].filter(isIncluded)
      count = rest.count + index + 1 + (upcoming == nil ? 0 : 1)
      (all, position, self.isIncluded) = (Array(rest), 0, nil)
    }
    knownCount = count
    return count
  }

  /// Whether these values differ from those of the last call.
  func changes(_ values: [Value], _ comparing: Comparing) throws -> Bool {
    if let last = lastChanged, last.count == values.count {
      var isSame = true
      for (a, b) in zip(last, values) where try !comparing.areEqual(a, b) { isSame = false }
      if isSame { return false }
    }
    lastChanged = values
    return true
  }
}
