import Foundation
import Peft

/// Eight tasks ask one model with three adapters, some of which are cancelled in the middle, again and again; prints by
/// how many bytes the process has grown after the first quarter: `AskingTasks FIXTURES ANSWERS`.
@main struct AskingTasks {
  static func main() async throws {
    guard CommandLine.arguments.count == 3, let count = Int(CommandLine.arguments[2]) else {
      fatalError("AskingTasks FIXTURES ANSWERS")
    }
    let fixtures = CommandLine.arguments[1]
    let names = [nil, "lora", "randlora", "dora"]
    let model = try TextModel(
      folder: "\(fixtures)/checkpoints/llama-grouped",
      adapters: Dictionary(
        uniqueKeysWithValues: names.compactMap { $0 }.map {
          ($0, "\(fixtures)/adapted/llama-\($0)")
        }))
    let rounds = (count + 7) / 8
    var before = 0
    var expected: [[Int]?] = Array(repeating: nil, count: 8)
    for round in 0..<rounds {
      if round == rounds / 4 { before = residentBytes }
      let found = try await withThrowingTaskGroup(of: (Int, [Int]).self) { group in
        for task in 0..<8 {
          group.addTask {
            var tokens: [Int] = []
            let answer = model.answer(
              to: [5, 17, task], adapter: names[task % 4],
              settings: GenerationSettings(maxNewTokens: 6))
            for try await piece in answer {
              tokens.append(piece.token)
              // These are left in the middle.
              if task % 3 == 2, tokens.count == 3 { break }
            }
            return (task, tokens)
          }
        }
        var found: [Int: [Int]] = [:]
        for try await (task, tokens) in group { found[task] = tokens }
        return found
      }
      for (task, tokens) in found {
        let known = expected[task] ?? tokens
        guard known == tokens else {
          fatalError("task \(task) was answered \(tokens), not \(known)")
        }
        expected[task] = known
      }
    }
    print(residentBytes - before)
  }

  private static var residentBytes: Int {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
      .split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return (pages ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
