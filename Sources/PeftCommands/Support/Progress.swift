/// How far a long task is, on one line of a terminal that is written again and again; nothing elsewhere.
struct Progress {
  private let task: String
  private let count: Int
  private var done = 0

  init(_ task: String, of count: Int) {
    self.task = task
    self.count = count
  }

  mutating func advance() {
    done += 1
    Terminal.status("\(task): \(done) of \(count)")
  }

  /// Clears the line.
  func finish() { Terminal.status("") }
}
