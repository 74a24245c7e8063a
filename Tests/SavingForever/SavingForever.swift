import PeftBasics
import PeftCheckpoints
import PeftTensors

/// Saves two files that carry the same number to a folder, the next number every time, until it is
/// killed: `SavingForever FOLDER FIRST_NUMBER`.
@main struct SavingForever {
  static func main() throws {
    let folder = CommandLine.arguments[1]
    var number = Int(CommandLine.arguments[2])!
    while true {
      try FolderWriter.write(to: folder) { files in
        try files.add("number.txt", String(number))
        try files.add(
          "number.safetensors",
          tensors: ["number": Tensor([Int](repeating: number, count: 4096), shape: [4096])])
      }
      number += 1
    }
  }
}
