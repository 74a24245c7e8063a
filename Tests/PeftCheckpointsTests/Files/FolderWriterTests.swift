import Foundation
import PeftTensors
import PeftTestSupport
import Testing

@testable import PeftBasics
@testable import PeftCheckpoints

@Suite("Writing folders") struct FolderWriterTests {
  private let parent: TemporaryFolder
  private var folder: String { "\(parent.path)/out" }

  init() throws { parent = try TemporaryFolder() }

  /// Writes `a.txt` and `b.txt`, which both say the same.
  private func write(_ text: String, to path: String? = nil, movingFiles: Bool = false) throws {
    try FolderWriter.write(to: path ?? folder, movingFiles: movingFiles) { files in
      try files.add("a.txt", text)
      try files.add("b.txt", text)
    }
  }

  private func reason(_ path: String) -> FileWriteError.Reason? {
    let written: FileWriteError.Reason?
    do {
      try write("new", to: path)
      written = nil
    } catch {
      written = (error as? FileWriteError)?.reason
    }
    do throws(FileWriteError) { try FolderWriter.check(path) } catch {
      #expect(error.reason == written)
      return error.reason
    }
    #expect(written == nil)
    return nil
  }

  @Test("A folder is made, then replaced, and nothing stays beside it", arguments: [false, true])
  func writes(movingFiles: Bool) throws {
    for text in ["first", "", "second, longer"] {
      try write(text, movingFiles: movingFiles)
      #expect(try parent.text("out/a.txt") == text)
      #expect(try parent.text("out/b.txt") == text)
      #expect(try parent.names() == ["out"])
      #expect(try parent.names(in: "out") == ["a.txt", "b.txt"])
    }
    try write("third", to: folder + "//")
    #expect(try parent.text("out/a.txt") == "third")
  }

  @Test("Tensors and copies of files are files too")
  func kinds() throws {
    let other = try parent.file("other", "copied")
    try FolderWriter.write(to: folder) { files in
      try files.add("c", copyOf: other)
      try files.add("t.safetensors", tensors: ["x": Tensor([1, 2], shape: [2])], metadata: [:])
      #expect(files.names == ["c", "t.safetensors"])
    }
    #expect(try parent.text("out/c") == "copied")
    let file = try SafetensorsFile(path: "\(folder)/t.safetensors")
    #expect(file.tensor("x")?.integers() == [1, 2])
    #expect(file.metadata == [:])
  }

  @Test("What else is in the folder stays", arguments: [false, true])
  func keeps(movingFiles: Bool) throws {
    try parent.makeFolder("out/sub/empty")
    try parent.file("out/notes.txt", "mine")
    try parent.file("out/.hidden", "mine")
    try parent.file("out/sub/inner.txt", "mine")
    try parent.file("out/a.txt", "old")
    try parent.makeLink("out/link", to: "sub/inner.txt")
    try parent.makeLink("out/broken", to: "nowhere")
    try parent.setMode("out/sub", 0o750)
    let inode = try FileManager.default.attributesOfItem(atPath: "\(folder)/notes.txt")[
      .systemFileNumber]
    try write("new", movingFiles: movingFiles)
    #expect(try parent.text("out/a.txt") == "new")
    #expect(
      try parent.names(in: "out")
        == [".hidden", "a.txt", "b.txt", "broken", "link", "notes.txt", "sub"])
    #expect(try parent.names(in: "out/sub") == ["empty", "inner.txt"])
    #expect(try parent.text("out/link") == "mine")
    let files = FileManager.default
    #expect(try files.destinationOfSymbolicLink(atPath: "\(folder)/broken") == "nowhere")
    #expect(try parent.mode("out/sub") == 0o750)
    // The very same file, not a copy, so that who has it open keeps writing to it.
    let later = try files.attributesOfItem(atPath: "\(folder)/notes.txt")[.systemFileNumber]
    #expect(inode as? Int == later as? Int)
  }

  @Test("Names that are not text stay too")
  func otherNames() throws {
    #if os(Linux)
      try write("old")
      let name: [CChar] = Array(folder.utf8CString.dropLast()) + [0x2F, -1, 0x41, 0]
      let file = open(name, O_WRONLY | O_CREAT, 0o644)
      close(file)
      try write("new")
      #expect(access(name, F_OK) == 0)
    #endif
  }

  @Test("Files that are left out go, unless they are new", arguments: [false, true])
  func leavesOut(movingFiles: Bool) throws {
    try write("old")
    try parent.file("out/c.txt", "old")
    try parent.file("out/c.dat", "old")
    try FolderWriter.write(to: folder, movingFiles: movingFiles) { files in
      try files.add("a.txt", "new")
      files.leaveOut { $0.hasSuffix(".txt") }
    }
    #expect(try parent.names(in: "out") == ["a.txt", "c.dat"])
  }

  @Test("Permissions stay as they were", arguments: [false, true])
  func permissions(movingFiles: Bool) throws {
    try write("old")
    try parent.setMode("out", 0o2751)
    try parent.setMode("out/a.txt", 0o600)
    try write("new", movingFiles: movingFiles)
    #expect(try parent.mode("out") == 0o2751)
    #expect(try parent.mode("out/a.txt") == 0o600)
    #expect(try parent.mode("out/b.txt") == FileManager.default.usualMode(in: parent))
  }

  @Test("A link to a folder stays one; a file that is a link is replaced by a file")
  func links() throws {
    try parent.makeFolder("real")
    try parent.makeLink("out", to: "real")
    let shared = try parent.file("shared", "shared")
    try parent.makeLink("real/a.txt", to: shared)
    try write("new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder) == "real")
    #expect(try parent.text("real/a.txt") == "new")
    #expect(try parent.text("shared") == "shared")
    #expect(try parent.names() == ["out", "real", "shared"])
  }

  @Test("Who has the old files open sees them until the end")
  func readers() throws {
    let tensors = ["x": Tensor([1, 2], shape: [2])]
    try FolderWriter.write(to: folder) { try $0.add("x.safetensors", tensors: tensors) }
    let old = try SafetensorsFile(path: "\(folder)/x.safetensors")
    try FolderWriter.write(to: folder) { files in
      let negated = Tensor(old.tensor("x")!.integers()!.map { -$0 }, shape: [2])
      try files.add("x.safetensors", tensors: ["x": negated])
    }
    #expect(old.tensor("x")?.integers() == [1, 2])
    let new = try SafetensorsFile(path: "\(folder)/x.safetensors")
    #expect(new.tensor("x")?.integers() == [-1, -2])
  }

  @Test("A failure in the middle leaves everything as it was", arguments: [false, true])
  func failure(movingFiles: Bool) throws {
    struct Stop: Error {}
    func fail() {
      #expect(throws: Stop.self) {
        try FolderWriter.write(to: folder, movingFiles: movingFiles) { files in
          try files.add("a.txt", "new")
          let entry = SafetensorsLayout.Entry(name: "x", shape: [1])
          try files.add("b.txt", entries: [entry]) { _ in throw Stop() }
        }
      }
    }
    fail()
    #expect(try parent.names() == [])
    try write("old")
    fail()
    #expect(try parent.text("out/a.txt") == "old")
    #expect(try parent.names() == ["out"])
    #expect(try parent.names(in: "out") == ["a.txt", "b.txt"])
  }

  @Test("What cannot be written is said, by the check too, and nothing is left behind")
  func refusals() throws {
    let file = try parent.file("file", "")
    try parent.makeLink("broken", to: "nowhere")
    #expect(reason(file) == .isFile)
    #expect(reason("\(parent.path)/broken") == .brokenLink)
    #expect(reason("\(parent.path)/none/out") == .noFolder("\(parent.path)/none"))
    #expect(reason("/dev/null") == .notRegular)
    #expect(reason("") == .badName)
    #expect(reason("a\0b") == .badName)
    #expect(reason("\(parent.path)/\(String(repeating: "n", count: 300))") == .badName)
    #expect(try parent.names() == ["broken", "file"])
    #expect(
      parent.message { try write("", to: file) } == """
        file: this is a file
          fix: name a folder
        """)
  }

  @Test("A long name is a name")
  func longName() throws {
    let name = String(repeating: "é", count: 120)
    for _ in 0..<2 { try write("new", to: "\(parent.path)/\(name)") }
    #expect(try parent.text("\(name)/a.txt") == "new")
    #expect(try parent.names().count == 1)
  }

  @Test("A file's name leads nowhere else, and replaces no folder")
  func fileNames() throws {
    try parent.makeFolder("out/sub")
    for name in ["", ".", "..", "../x", "sub/x", "a\0b"] {
      #expect(throws: FileWriteError(.badName, path: "\(folder)/\(name)")) {
        try FolderWriter.write(to: folder) { try $0.add(name, "") }
      }
    }
    #expect(throws: FileWriteError(.isFolder, path: "\(folder)/sub")) {
      try FolderWriter.write(to: folder) { try $0.add("sub", "") }
    }
  }

  @Test("The check leaves no trace, and refuses a folder that is read")
  func check() throws {
    try FolderWriter.check(folder)
    #expect(try parent.names() == [])
    try write("old")
    try parent.makeFolder("out/sub")
    try parent.makeLink("elsewhere", to: "out")
    let outer = try parent.file("outer", "")
    try FolderWriter.check(folder, keeping: [outer, "\(parent.path)/outside/a"])
    for kept in ["out/a.txt", "out/sub/x", "elsewhere/b.txt"] {
      #expect(throws: FileWriteError(.isRead, path: folder)) {
        try FolderWriter.check(folder, keeping: ["\(parent.path)/\(kept)"])
      }
    }
    #expect(try parent.names() == ["elsewhere", "out", "outer"])
    #expect(try parent.names(in: "out") == ["a.txt", "b.txt", "sub"])
  }

  @Test("What a dead writer left goes; what a living one works on stays")
  func stale() throws {
    try parent.makeFolder(".out.partial-1-2/deep/deeper")
    try parent.file(".out.partial-1-2/deep/a.txt", "")
    try parent.makeFolder(".out.partial-1-3")
    try parent.makeFolder(".other-name.partial-1-2")
    try parent.file(".mine.partial-notes", "")
    try parent.makeFolder(".mine.partial-1-x")
    let kept = [".mine.partial-1-x", ".mine.partial-notes"]
    let living = try OpenFolder("\(parent.path)/.out.partial-1-3")
    #expect(living.lock() == .taken)
    for _ in 0..<2 {
      try write("new")
      #expect(try parent.names() == kept + [".out.partial-1-3", "out"])
    }
    living.unlock()
    try write("new")
    #expect(try parent.names() == kept + ["out"])
  }

  @Test("A writer of a file removes what a dead writer of a folder left beside it")
  func staleBesideFile() throws {
    try parent.makeFolder(".out.partial-1-2")
    try FileWriter.write("text", to: "\(parent.path)/a.txt")
    #expect(try parent.names() == ["a.txt"])
  }

  @Test("Of writers of one new folder that replace nothing, one wins and the others say so")
  func oneWins() throws {
    let path = folder
    let outcomes = Outcomes()
    DispatchQueue.concurrentPerform(iterations: 4) { writer in
      do {
        try FolderWriter.write(to: path, replacing: false) { files in
          try files.add("own-\(writer)", "\(writer)")
          // All are at work before the first is done.
          usleep(50_000)
        }
        outcomes.add(nil, of: writer)
      } catch { outcomes.add(error as? FileWriteError, of: writer) }
    }
    let winners = outcomes.all.filter { $0.value == nil }.keys
    #expect(winners.count == 1)
    #expect(try parent.names() == ["out"])
    #expect(try parent.names(in: "out") == winners.map { "own-\($0)" })
    for case let error? in outcomes.all.values {
      #expect(error == FileWriteError(.writtenMeanwhile, path: path))
    }
  }

  @Test("Of writers at once, none loses what another has written")
  func atOnce() throws {
    let path = folder
    DispatchQueue.concurrentPerform(iterations: 4) { writer in
      for round in 0..<15 {
        do {
          try FolderWriter.write(to: path) { files in
            try files.add("own-\(writer)", "\(round)")
            try files.add("shared-1", "\(writer) \(round)")
            try files.add("shared-2", "\(writer) \(round)")
          }
        } catch {
          Issue.record(error)
        }
      }
    }
    #expect(try parent.text("out/shared-1") == parent.text("out/shared-2"))
    for writer in 0..<4 { #expect(try parent.text("out/own-\(writer)") == "14") }
    #expect(try parent.names() == ["out"])
    #expect(try parent.names(in: "out").count == 6)
  }
}

extension FileManager {
  /// The permissions of a file for which nobody has asked for any.
  fileprivate func usualMode(in folder: TemporaryFolder) throws -> Int? {
    _ = createFile(atPath: "\(folder.path)/usual", contents: nil)
    defer { try? removeItem(atPath: "\(folder.path)/usual") }
    return try folder.mode("usual")
  }
}

/// What writers on several threads ended with.
private final class Outcomes: @unchecked Sendable {
  // Unchecked: the lock guards it.
  private let lock = NSLock()
  private(set) var all: [Int: FileWriteError?] = [:]

  func add(_ error: FileWriteError?, of writer: Int) {
    lock.withLock { all[writer] = .some(error) }
  }
}
