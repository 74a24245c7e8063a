import Foundation
import IntervalTimer
import ModelDescription
import Peft
import PeftTensors

/// A program with signal handlers of its own that uses the library, as tests need it:
///
/// - `SignalledHost train RECIPE` and `SignalledHost train --resume FOLDER` train like `peft`, until
///   SIGINT asks them to stop;
/// - `SignalledHost repeat RECIPE COUNT [MICROSECONDS]` trains and runs the recipe's model again and again,
///   with a signal every so many microseconds, and prints the bits that came out.
@main struct SignalledHost {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "train": try train(resuming: arguments[1] == "--resume", path: arguments.last ?? "")
    case "repeat":
      try again(
        recipe: arguments[1], count: Int(arguments[2])!,
        microseconds: arguments.count > 3 ? Int32(arguments[3]) : nil)
    default: fatalError("what shall be done?")
    }
  }

  private static func train(resuming: Bool, path: String) throws {
    signal(SIGINT) { _ in isAsked = 1 }
    let trainer =
      try resuming
      ? Trainer(resuming: path, catalog: .standard)
      : Trainer(
        TrainingRecipe(path: path, catalog: .standard), catalog: .standard)
    try trainer.run(until: { isAsked != 0 })
  }

  private static func again(recipe path: String, count: Int, microseconds: Int32?) throws {
    let recipe = try TrainingRecipe(path: path, catalog: .standard)
    let description = try ModelDescription(recipe.model)
    if let microseconds { it_start(microseconds) }
    for _ in 0..<count {
      let trainer = try Trainer(recipe, catalog: .standard)
      try trainer.run()
      let model = try Model(random: description, threads: recipe.threads)
      let tokens = (0..<2 * 80).map { $0 * 7 % 250 }
      let logits = try model(["input_ids": Tensor(tokens, shape: [2, 80])])["logits"]
      let adapter = try Data(
        contentsOf: URL(filePath: "\(recipe.output)/last/adapter_model.safetensors"))
      print("adapter \(digest(adapter)) logits \(digest(logits?.floats().map(\.bitPattern) ?? []))")
      try FileManager.default.removeItem(atPath: recipe.output)
    }
    print("signals \(it_count())")
  }

  /// FNV-1a: equal numbers have equal digests, and others hardly ever.
  private static func digest<Number: FixedWidthInteger>(_ numbers: some Sequence<Number>) -> String
  {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for number in numbers { hash = (hash ^ UInt64(number)) &* 0x100_0000_01B3 }
    return String(hash, radix: 16)
  }
}

/// Written by the handler of SIGINT.
nonisolated(unsafe) private var isAsked: sig_atomic_t = 0
