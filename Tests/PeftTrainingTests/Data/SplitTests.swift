import Peft
import PeftTestSupport
import Testing

@testable import PeftTraining

@Suite("Training data in two parts") struct SplitTests {
  /// Rows of classes, each a letter of the text.
  private static let rows = String(
    (0..<40).map { row in
      let label = row % 4 == 0 ? 1 : 0
      return #"{"text": "\#(Character(UnicodeScalar(UInt8(48 + row))))", "label": \#(label)}"#
        + "\n"
    }.joined())

  private func texts(
    _ file: DataFile, _ part: DataSplit.Part, share: Double = 0.2, seed: UInt64 = 0,
    task: TrainingObjective
  ) throws -> [String] {
    let request = DataRequest(
      settings: DataSettings(train: [file.path]), objective: task.kind, tokens: .bytes,
      sequenceLength: 8, isEvaluation: true, inputs: [],
      split: DataSplit(share: share, seed: seed, part: part))
    var stream = try BatchStream(
      request, files: [file.path], batchSize: 1, padding: .longest, groupsByLength: false,
      seed: seed, at: .start, formats: .standard)
    var texts: [String] = []
    while let batch = try stream.next() { texts += batch.texts }
    return texts
  }

  @Test("Every row is in one part, in the order of the file, of each class the same share")
  func parts() throws {
    let file = try DataFile("a.jsonl", Self.rows)
    let task = TrainingObjective.classes(count: 2)
    let training = try texts(file, .training, task: task)
    let evaluation = try texts(file, .evaluation, task: task)
    #expect(training.count == 32)
    #expect(evaluation.count == 8)
    #expect(Set(training + evaluation).count == 40)
    #expect(training == training.sorted())
    let ofRareClass = evaluation.filter { ($0.utf8.first! - 48) % 4 == 0 }
    #expect(ofRareClass.count == 2)
    #expect(try texts(file, .evaluation, task: task) == evaluation)
    #expect(try texts(file, .evaluation, seed: 1, task: task) != evaluation)
  }

  @Test("Both parts have a row at least, however small or large the share is")
  func extremes() throws {
    let file = try DataFile("a.jsonl", "{\"text\": \"ab\"}\n{\"text\": \"cd\"}\n")
    for share in [0.001, 0.999] {
      #expect(try texts(file, .training, share: share, task: .nextToken()).count == 1)
      #expect(try texts(file, .evaluation, share: share, task: .nextToken()).count == 1)
    }
  }

  @Test(
    "What cannot be parted",
    arguments: [
      (
        "a.jsonl", #"{"text": "ab"}"#, TrainingObjective.nextToken(),
        """
        a.jsonl:1: 'split' parts the rows, and there is only this one
          fix: add rows, or give data an 'eval' file
        """
      ),
      (
        "a.jsonl",
        #"{"text": "a", "label": 0}"# + "\n" + #"{"text": "b", "label": 1}"# + "\n"
          + #"{"text": "c", "label": 0}"#, .classes(count: 2),
        """
        a.jsonl:2: 'split' puts rows of every class into both parts, and of '1' there is only this one
          fix: add rows of that class, remove this one, or give data an 'eval' file
        """
      ),
      (
        "a.jsonl", #"{"text": "a", "label": 0}"# + "\n" + #"{"text": "b", "label": 7}"#,
        .classes(count: 2),
        """
        a.jsonl:2: the label 'label' is 7, and has to be whole numbers from 0 to 1
        """
      ),
    ])
  func refusals(
    name: String, rows: String, task: TrainingObjective, expected: String
  ) throws {
    let file = try DataFile(name, rows)
    let message = file.folder.message { _ = try texts(file, .training, task: task) }
    #expect(message?.hasPrefix(expected.split(separator: ",")[0]) == true, "\(message ?? "")")
  }

  @Test("Tokens and tensors have no rows to part")
  func tokens() throws {
    let file = try DataFile(tokens: Array(1...64))
    #expect(
      file.folder.message { _ = try texts(file, .training, task: .nextToken()) } == """
        tokens.bin: 'split' parts rows of texts, and the file has none
          fix: give data an 'eval' file instead of 'split'
        """)
  }
}

@Suite("Rows that turn out to be unusable") struct UnusableRowsTests {
  /// Rows of which those that the check of a conversation's form does not find are wrong.
  private func file() throws -> DataFile {
    let rows = (0..<40).map { row in
      let text = row % 10 == 9 && row > 20 ? "refused" : "abc"
      return #"{"messages": [{"role": "user", "content": "\#(text)"}]}"#
    }
    return try DataFile("a.jsonl", rows.joined(separator: "\n"))
  }

  private static let template =
    "{% if messages[0].content == 'refused' %}{{ raise_exception('no') }}{% endif %}{{ messages[0].content }}"

  private func stream() throws -> (DataFile, BatchStream) {
    let file = try file()
    return (
      file,
      try BatchStream(
        DataSettings(
          train: [file.path], shuffle: false, trainOn: .all,
          chatTemplate: Self.template),
        files: [file.path], objective: .nextToken(), tokens: .bytes, batchSize: 1,
        sequenceLength: 8, isEvaluation: true)
    )
  }

  @Test("They are left out, and said with their lines")
  func leftOut() throws {
    let (file, opened) = try stream()
    var (stream, count) = (opened, 0)
    while try stream.next() != nil { count += 1 }
    #expect(count == 38)
    #expect(stream.leftOutRows == 0)
    #expect(stream.unusableRows.count == 2)
    #expect(
      stream.unusableRows.mistakes.map(\.description)
        == [30, 40].map {
          """
          \(file.path):\($0): chat_template:1:45: the template refuses this conversation: no
            fix: change the messages
          """
        })
  }

  @Test("A stream that goes on from within them makes the same batches")
  func resumed() throws {
    let (file, opened) = try stream()
    var stream = opened
    for _ in 0..<29 { _ = try stream.next() }
    let position = stream.position
    var other = try stream.moved(to: position)
    #expect(try stream.next()?.contents == other.next()?.contents)
    withExtendedLifetime(file) {}
  }
}
