import PeftBasics

/// What a rendering has used of its limits.
final class Budget {
  let limits: TemplateLimits
  private var steps = 0
  private var made = 0

  /// What an element of a list takes.
  static let elementBytes = MemoryLayout<Value>.stride

  init(_ limits: TemplateLimits) { self.limits = limits }

  /// Counts one thing that is done.
  func step() throws { try step(count: 1) }

  /// Counts going over bytes of text, many at a time.
  func step(pieces bytes: Int) throws { try step(count: 1 + bytes / 64) }

  private func step(count: Int) throws {
    steps += count
    if steps > limits.steps {
      throw Fault(.limit("the template takes more than \(limits.steps.grouped) steps"))
    }
  }

  /// Counts a text that is to be made.
  func make(text bytes: Int) throws {
    guard bytes <= limits.textBytes else {
      throw Fault(.limit("a text of more than \(limits.textBytes.grouped) bytes"))
    }
    try make(bytes)
  }

  /// Counts memory of anything that is to be made.
  func make(_ bytes: Int) throws {
    guard bytes <= limits.madeBytes - made else {
      throw Fault(
        .limit("the template makes more than \(limits.madeBytes.grouped) bytes on the way"))
    }
    made += bytes
    try step(pieces: bytes)
  }
}
