/// An end to the time that the names and patterns of one configuration may take together.
///
/// Each match has a bounded number of steps, but a file can hold any number of patterns.
struct MatchDeadline {
  private static let seconds = 5
  private let end = ContinuousClock.now + .seconds(MatchDeadline.seconds)

  func check() throws(TargetError) {
    guard ContinuousClock.now < end else {
      throw TargetError(.takesTooLong(seconds: Self.seconds))
    }
  }
}
