import OrderedCollections
import PeftBasics

/// Works out dimensions, those that others read first. It walks with a stack of its own: a chain of
/// dimensions may be as long as a file has lines.
struct DimensionResolution {
  private let dimensions: Dimensions
  private let names: [String]
  private var states: [String: State] = [:]
  private var errors: [DescriptionError] = []

  private enum State {
    case open
    case done(DimensionValue)
    /// It has no value, and an error that says why is recorded.
    case failed
  }

  init(_ dimensions: Dimensions) {
    self.dimensions = dimensions
    names = dimensions.names
  }

  mutating func values() throws(DescriptionErrors) -> DimensionValues {
    for name in names where states[name] == nil { resolve(name) }
    guard errors.isEmpty else { throw DescriptionErrors(errors) }
    var values: OrderedDictionary<String, DimensionValues.Dimension> = [:]
    for name in names {
      guard case .done(let value)? = states[name], let setting = dimensions[name] else { continue }
      values[name] = DimensionValues.Dimension(
        value: value, range: setting.range, option: setting.option)
    }
    return DimensionValues(values)
  }

  private mutating func resolve(_ first: String) {
    var path: [(name: String, needs: ArraySlice<String>)] = []
    open(first, &path)
    while let current = path.last {
      guard let need = current.needs.first else {
        path.removeLast()
        finish(current.name)
        continue
      }
      path[path.count - 1].needs.removeFirst()
      switch states[need] {
      case nil: open(need, &path)
      case .open:
        let start = path.lastIndex { $0.name == need } ?? 0
        reportCycle(path[start...].map(\.name))
      case .done, .failed: break
      }
    }
  }

  private mutating func open(
    _ name: String, _ path: inout [(name: String, needs: ArraySlice<String>)]
  ) {
    states[name] = .open
    let needs = dimensions[name]?.expression.names.filter { dimensions[$0] != nil } ?? []
    path.append((name, needs[...]))
  }

  private mutating func finish(_ name: String) {
    guard case .open? = states[name], let setting = dimensions[name] else { return }
    let failsByOther = setting.expression.names.contains {
      if case .failed? = states[$0] { true } else { false }
    }
    guard !failsByOther else {
      states[name] = .failed
      return
    }
    do throws(ExpressionError) {
      states[name] = .done(try value(of: setting))
    } catch {
      states[name] = .failed
      record(error, of: setting)
    }
  }

  private func value(of setting: Dimensions.Setting) throws(ExpressionError) -> DimensionValue {
    try setting.expression.evaluate(known: names) { (name) throws(DescriptionError) in
      if case .done(let value)? = states[name] { value } else { nil }
    }
  }

  private mutating func record(_ error: ExpressionError, of setting: Dimensions.Setting) {
    switch (error, setting.node) {
    case (_, let node?): errors.append(error.inText(of: node))
    case (.here(let problem, _), nil): errors.append(DescriptionError(problem, at: setting.range))
    case (.elsewhere(let error), nil): errors.append(error)
    }
  }

  private mutating func reportCycle(_ names: [String]) {
    for name in names { states[name] = .failed }
    guard let first = names.first, let setting = dimensions[first] else { return }
    errors.append(
      DescriptionError(DimensionProblem.cycle(names + [first]), at: setting.range))
  }
}
