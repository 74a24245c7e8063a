import PeftBasics
import PeftGeneration
import PeftPlatform

/// A run's numbers in a file for TensorBoard, under the names that transformers gives them.
final class RunEvents {
  /// A file in the run's folder, and how much of it belongs to the saved steps.
  struct Place: Hashable {
    let name: String
    let byteCount: Int

    /// Whether this can be such a file; the name comes from one.
    var isPossible: Bool {
      name.hasPrefix(RunEvents.prefix) && !name.contains("/") && byteCount >= 0
    }
  }

  private let name: String
  private let file: GrowingFile

  /// What the names of all such files begin with: TensorBoard looks for it.
  static let prefix = "events.out.tfevents."

  /// - Parameters:
  ///   - folder: The run's.
  ///   - saved: The file of a run that is resumed, which is cut back to what was saved; a new one where nil.
  init(in folder: String, resuming saved: Place? = nil) throws {
    name = saved?.name ?? "\(Self.prefix)\(Int(Self.now)).\(Self.host)"
    let path = folder.file(name)
    var file = try GrowingFile(path, keeping: saved?.byteCount ?? 0)
    // A record that ends in its middle would hide what comes after it.
    if let saved, file.byteCount < saved.byteCount { file = try GrowingFile(path) }
    self.file = file
    if file.byteCount == 0 { try append(.version) }
  }

  var place: Place { Place(name: name, byteCount: file.byteCount) }

  func append(_ record: StepRecord) throws {
    let scalars = [
      ("train/loss", record.loss), ("train/learning_rate", record.learningRate),
      ("train/grad_norm", record.gradientNorm),
    ]
    try append(.scalars(scalars, step: record.step))
  }

  func append(_ record: EvaluationRecord) throws {
    let measured = record.measurement
    let scalars = [
      ("eval/loss", measured.loss), ("eval/accuracy", measured.accuracy),
      ("eval/perplexity", record.perplexity),
    ]
    try append(
      .scalars(scalars.compactMap { tag, value in value.map { (tag, $0) } }, step: record.step))
  }

  func flush() throws { try file.flush() }

  private func append(_ content: TensorBoardEvent.Content) throws {
    try file.append(TensorBoardEvent(wallTime: Self.now, content: content).record)
  }

  /// Seconds since 1970.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }

  /// The machine's name, as far as it can be a part of a file's.
  private static var host: String {
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
    let name = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let safe = String(decoding: name, as: UTF8.self).filter {
      $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".")
    }
    return safe.isEmpty ? "localhost" : safe
  }
}
