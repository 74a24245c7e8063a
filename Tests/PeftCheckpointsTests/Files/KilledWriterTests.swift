import Foundation
import PeftBasics
import PeftCheckpoints
import PeftTensors
import Testing

@Suite("A writer that is killed") struct KilledWriterTests {
  private let parent: TemporaryFolder
  private var folder: String { "\(parent.path)/saved" }

  init() throws { parent = try TemporaryFolder() }

  /// The number that both files carry.
  private func number() throws -> Int {
    let text = try String(contentsOfFile: "\(folder)/number.txt", encoding: .utf8)
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
    try FileManager.default.createDirectory(
      atPath: "\(folder)/notes", withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(folder)/notes/a.txt"))
    var generator = Generator(seed: 5)
    var last = 0
    var interrupted = 0
    for _ in 0..<200 {
      let process = Process()
      process.executableURL = try BuiltProduct.url("SavingForever")
      process.arguments = [folder, String(last + 1)]
      try process.run()
      usleep(.random(in: 0..<50_000, using: &generator))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let number = try number()
      #expect(number >= last)
      last = number
      #expect(try String(contentsOfFile: "\(folder)/notes/a.txt", encoding: .utf8) == "mine")
      interrupted += try parent.names().count > 1 ? 1 : 0
    }
    // Otherwise the moments were no test of anything.
    #expect(last > 20)
    #expect(interrupted > 20)
    try FolderWriter.write(to: folder) { try $0.add("number.txt", "0") }
    #expect(try parent.names() == ["saved"])
  }
}
