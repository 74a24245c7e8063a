import PeftAdapters
public import PeftBasics
import PeftCheckpoints

/// What is wrong with a run's data, where, and what to do about it.
public struct DataError: Diagnosis, Hashable {
  public enum Reason: Error, Hashable, Sendable {
    /// A file of no format, by its name; with how names of files end that can be read, and compressed ones.
    case unknownExtension(known: [String], compressed: [String])
    case emptyFile
    /// A pattern of paths that describes no file.
    case nothingMatches
    case nothingInFolder(endings: [String])
    /// Several files of which one holds no rows of texts.
    case notOneOfSeveral
    /// Text of 16 bits a letter.
    case wideText
    case noRows
    case tooManyRows(most: Int)
    case rowTooLong(byteCount: Int, most: Int)
    // Compressed files
    case badCompression(CompressionProblem, by: String)
    case noRoom(folder: String, limit: Int?)
    case notUnpacked(folder: String, reason: String)
    // Lines
    case notJSON(JSONMistake)
    case notAnObject(found: String)
    case openList
    case badList(expected: String)
    case openQuote
    case textAfterQuote
    case wrongFieldCount(found: Int, expected: Int, separators: String)
    case columnTwice(String)
    /// What a format of your own says of a row.
    case badRow(problem: String, fix: String)
    // Fields
    case badTemplate(String, problem: String)
    case noField(String, known: [String])
    case notText(field: String, found: String)
    case isObject(field: String)
    case noTokens
    case noLabel(field: String, known: [String])
    case labelNotNumber(field: String, found: String)
    case labelNotName(field: String, found: String)
    case tooManyClasses(most: Int)
    case unknownLabel(String, field: String, known: [String])
    case namesBesideNumbers(field: String, firstIsNamed: Bool)
    case wrongLabelCount(field: String, found: Int, expected: Int)
    case labelOutOfRange(place: String, value: String, allowed: String)
    // Conversations
    case noMessages(field: String)
    /// A message by its place, counted from 0.
    case badMessage(index: Int, field: String, problem: String)
    case noChatTemplate
    /// What the chat template says of the messages.
    case badConversation(AnyDiagnosis)
    // Settings
    case noTokenizer
    case noTarget(task: String)
    case splitOfOther
    case singleRow
    case singleOfClass(String)
    case conversationForOtherTask(task: String)
    case settingForOtherTask(String, task: String)
    case fileForOtherTask(task: String, takes: [String])
    // Predictions
    /// A row without a mask, for a model that predicts what masks stand for; nil where the tokenizer has none.
    case noMask(String?)
    case noRowsToPredict(takes: [String])
    /// A field that is called like one that is added.
    case fieldTaken(String)
    case notKept(folder: String, reason: String)
    // Tensors
    case tokenOutOfRange(place: String, token: Int, vocabulary: Int)
    case noInputs(found: [String], wanted: [String])
    case tensorMissing(String, task: String)
    case otherRowCount(tensor: String, found: Int, other: String, expected: Int)
    case wrongShape(tensor: String, found: [Int], expected: String)
    case wrongType(tensor: String, found: String, expected: String)
    case partialToken(byteCount: Int, tokenBytes: Int)
    // Streams
    case tooFewTokens(found: Int, needed: Int)
    case nothingCounted
    case otherRows(found: Int, before: Int?)

    /// Whether it is about a conversation, and not about how rows are read.
    var isOfConversation: Bool {
      switch self {
      case .noMessages, .badMessage, .badConversation, .badRow: true
      default: false
      }
    }
  }

  public let reason: Reason
  public let path: String
  /// The line, counted from 1, where the file has lines.
  public let line: Int?
  /// The row, counted from 0, of a dataset that is in no file.
  public let row: Int?

  init(_ reason: Reason, path: String, line: Int? = nil, row: Int? = nil) {
    self.reason = reason
    self.path = path
    self.line = line
    self.row = row
  }

  public var words: (problem: String, fix: String?) { reason.words }
  public var place: DiagnosisPlace? {
    .file(path, line: line, part: row.map { "row \($0)" })
  }
}
