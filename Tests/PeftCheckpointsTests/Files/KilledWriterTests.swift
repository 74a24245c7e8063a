import Foundation
import PeftBasics
import PeftCheckpoints
import PeftTensors
import PeftTestSupport
import Testing

@Suite("A writer that is killed") struct KilledWriterTests {
  private let parent: TemporaryFolder
  private var folder: String { "\(parent.path)/saved" }

  init() throws { parent = try TemporaryFolder() }

  /// The number that both files carry.
  private func number() throws -> Int {
    let text = try parent.text("saved/number.txt")
    let file = try SafetensorsFile(path: "\(folder)/number.safetensors")
    let numbers = try #require(file.tensor("number")?.integers())
    let number = try #require(Int(text))
    #expect(numbers == [Int](repeating: number, count: 4096))
    return number
  }

  @Test("Leaves all old files or all new ones, at 200 moments")
  func killed() throws {
    try FolderWriter.write(to: folder) { files in
      try files.add("number.txt", "0")
      try files.add(
        "number.safetensors",
        tensors: ["number": Tensor([Int](repeating: 0, count: 4096), shape: [4096])])
    }
    try parent.file("saved/notes/a.txt", "mine")
    var generator = RandomNumbers(seed: 5)
    var last = 0
    var interrupted = 0
    for _ in 0..<200 {
      let process = try BuiltProduct.process("SavingForever", folder, String(last + 1))
      #expect(try process.runAndKill(after: .random(in: 0..<50_000, using: &generator)))
      let number = try number()
      #expect(number >= last)
      last = number
      #expect(try parent.text("saved/notes/a.txt") == "mine")
      interrupted += try parent.names().count > 1 ? 1 : 0
    }
    // Otherwise the moments were no test of anything.
    #expect(last > 20)
    #expect(interrupted > 20)
    try FolderWriter.write(to: folder) { try $0.add("number.txt", "0") }
    #expect(try parent.names() == ["saved"])
  }
}
