import ModelGraph
import PeftAdapters
import PeftBasics
import PeftCheckpoints
import PeftReports

/// Files of examples as batches, one after another: read when they are needed, in an order that seed
/// and epoch determine, and resumable from any place between two batches.
///
///     var stream = try BatchStream(
///       settings, files: settings.train, objective: .nextToken(), tokens: tokens,
///       batchSize: 8, sequenceLength: 256)
///     while let batch = try stream.next() { … }
///
/// A training stream never ends: after an epoch comes the next, and a batch may have rows of both, so
/// that all batches have as many rows. An evaluation stream ends after one epoch; its last batch may be
/// smaller. Rows of which no label counts are left out of both.
///
/// Rows of text are padded to the longest of their batch, rounded up to one of few lengths
/// (``PaddingStrategy``).
///
/// The format of a file follows from how its name ends, as `peft train --fields` lists them: rows of
/// text, which take a tokenizer, and may be in several files; tokens; or tensors that go to the model as they are.
///
/// In memory are 8 bytes for where a row of a text file begins, 4 for its place in a shuffled order, 4 for
/// its length where rows are grouped by it, and a batch. The file is mapped: leave it as it is while the
/// stream is used.
public struct BatchStream: Sendable {
  enum Source: Sendable {
    case documents(TextRows, ExampleMaker)
    case tokens(TokenRows)
    case tensors(TensorRows)
  }

  let source: Source
  let isPacked: Bool
  let labels: any Labels
  let tokens: TokenSettings
  let batchSize: Int
  /// Tokens of a full sequence, to which rows are truncated.
  let length: Int
  let padding: PaddingStrategy
  let isEvaluation: Bool
  var cursor: RowCursor
  /// Tokens of the current row that are in earlier sequences, where rows are packed.
  var taken: Int
  /// The current row.
  var packing: Example?

  /// Rows of the file: documents, sequences of a stream of tokens, or rows of tensors.
  public let rowCount: Int
  /// What the user should know about the file.
  public let warnings: [String]
  /// Rows read so far that were longer than a sequence, and so truncated.
  public private(set) var cutRows = 0
  /// Rows met so far that were left out, because none of their labels counts: those whose prompt fills
  /// the sequence, for example. Of packed documents, sequences.
  public private(set) var leftOutRows = 0
  /// Rows met so far that were left out, because something is wrong with them that was not found when the
  /// stream was opened.
  public private(set) var unusableRows = UnusableRows()
  /// How often rows were left out since the first epoch began.
  private var leftOut: Int
  private var openingEpoch: Int

  /// Opens files.
  ///
  /// The first 64 MB of rows are checked now, though only the first 16 texts are encoded. A row further on that
  /// cannot be used is left out when its turn comes. Where rows are grouped by length, all texts are encoded once.
  /// - Parameters:
  ///   - settings: How rows become examples; its files are not used.
  ///   - files: Several where they hold rows of texts.
  ///   - sequenceLength: Tokens of each row of a batch, at most. Tensors keep the length they have, and so do
  ///     arrays of rows that are shorter.
  ///   - padding: What rows of text are padded to.
  ///   - groupsByLength: Whether rows of similar lengths are in one batch. It is an order of its own, whatever the
  ///     settings say of shuffling; where all rows have one length, it changes nothing.
  ///   - position: Where another stream of this file, settings and seed was.
  ///   - isEvaluation: Whether the stream ends after the last row, in the file's order.
  ///   - inputs: The names of the model's inputs, for tensors.
  ///   - formats: What the file's name can say.
  /// - Throws: `FileReadError`; `DataError`; `SafetensorsError` and `NumPyError` for such files;
  ///   `TokenizerError` where one of the first rows cannot be encoded.
  public init(
    _ settings: DataSettings, files: DataFiles, objective: TrainingObjective, tokens: TokenSettings,
    batchSize: Int, sequenceLength: Int, padding: PaddingStrategy = .longest,
    groupsByLength: Bool = false, seed: UInt64 = 0, at position: DataPosition = .start,
    isEvaluation: Bool = false, inputs: [String] = [], formats: DataFormats = .standard
  ) throws {
    let request = DataRequest(
      settings: settings, objective: objective.kind, tokens: tokens,
      sequenceLength: sequenceLength, isEvaluation: isEvaluation, inputs: inputs)
    try self.init(
      request, files: files, batchSize: batchSize, padding: padding,
      groupsByLength: groupsByLength, seed: seed, at: position, formats: formats)
  }

  init(
    _ request: DataRequest, files: DataFiles, batchSize: Int, padding: PaddingStrategy,
    groupsByLength: Bool, seed: UInt64, at position: DataPosition, formats: DataFormats
  ) throws {
    let (settings, sequenceLength) = (request.settings, request.sequenceLength)
    precondition(batchSize > 0, "a batch of \(batchSize) rows")
    precondition(sequenceLength > 0, "a sequence of \(sequenceLength) tokens")
    labels = request.objective.labels
    let content: DataContent
    (source, content) = try formats.open(files.found(in: formats), for: request)
    isPacked = content == .texts && settings.packed
    let needless =
      groupsByLength
      ? ["\(source.path): all rows have one length: group_by_length changes nothing"] : []
    switch source {
    case .documents(let rows, _):
      (rowCount, length) = (rows.count, sequenceLength)
      warnings = request.tokens.warnings(isPacked: isPacked)
    case .tokens(let rows):
      (rowCount, length, warnings) = (rows.count, rows.length, rows.warnings + needless)
    case .tensors(let rows):
      (rowCount, length, warnings) = (rows.count, sequenceLength, needless)
    }
    self.padding = padding
    tokens = request.tokens
    self.batchSize = batchSize
    isEvaluation = request.isEvaluation
    try position.check(rowCount, isPacked: isPacked, path: source.path)
    let isShuffled = !isEvaluation && (settings.shuffle ?? (content != .tensors))
    cursor = RowCursor(
      count: rowCount, order: isShuffled ? .shuffled(seed: seed) : .ofFile, repeats: !isEvaluation,
      at: position)
    taken = position.token
    leftOut = position.leftOut
    openingEpoch = position.epoch
    try checkRows()
    guard groupsByLength, let groups = try lengthGroups() else { return }
    cursor = RowCursor(
      count: rowCount, order: isEvaluation ? .sorted(groups) : .grouped(groups, seed: seed),
      repeats: !isEvaluation, at: position)
  }

  /// The same files from another place on.
  /// - Parameter position: Where another stream of this file, settings and seed was.
  /// - Throws: `DataError` where the file has other rows than that stream's.
  func moved(to position: DataPosition) throws(DataError) -> BatchStream {
    try position.check(rowCount, isPacked: isPacked, path: path)
    var moved = self
    moved.cursor = RowCursor(
      count: rowCount, order: cursor.order, repeats: cursor.repeats, at: position)
    (moved.taken, moved.packing, moved.cutRows) = (position.token, nil, 0)
    (moved.leftOut, moved.leftOutRows) = (position.leftOut, 0)
    moved.unusableRows = UnusableRows()
    moved.openingEpoch = position.epoch
    return moved
  }

  /// Where the stream is, between two batches.
  public var position: DataPosition {
    DataPosition(
      epoch: cursor.epoch, row: cursor.place, token: taken, rowCount: rowCount, leftOut: leftOut)
  }

  /// The next batch, of rows of which some label counts; nil at the end of an evaluation stream.
  /// - Throws: `DataError` where no label of any row counts.
  public mutating func next() throws -> TrainingBatch? {
    if case .tensors(let rows) = source {
      var indices: [Int] = []
      while indices.count < batchSize {
        let next = try nextUsable { stream -> (row: Int, counts: Bool)? in
          guard let row = stream.cursor.row else { return nil }
          let counts = stream.usable { _ in try rows.counts(row) } ?? false
          stream.cursor.advance()
          return (row, counts)
        }
        guard let row = next else { break }
        indices.append(row)
      }
      return indices.isEmpty ? nil : try rows.batch(indices)
    }
    var builder = BatchBuilder(labels, tokens: tokens, padding: padding, fullLength: length)
    while builder.count < batchSize {
      var isFirstEpoch = true
      let next = try nextUsable { stream -> (row: Example?, counts: Bool)? in
        isFirstEpoch = stream.isInFirstEpoch
        guard let next = try stream.nextExample() else { return nil }
        return (next.example, next.example.map { stream.counts($0) } ?? false)
      }
      guard let example = next ?? nil else { break }
      if builder.append(example), isFirstEpoch { cutRows += 1 }
    }
    return builder.count == 0 ? nil : builder.batch
  }

  /// The next row that has labels which count; the others are left out.
  /// - Parameter next: Takes one, and says whether labels of it count.
  private mutating func nextUsable<Row>(
    _ next: (inout Self) throws -> (row: Row, counts: Bool)?
  ) throws -> Row? {
    let start = (epoch: cursor.epoch, place: cursor.place)
    while true {
      let (isFirstEpoch, unusableCount) = (isInFirstEpoch, unusableRows.count)
      guard let (row, counts) = try next(&self) else { return nil }
      if counts { return row }
      leftOut += 1
      if isFirstEpoch, unusableRows.count == unusableCount { leftOutRows += 1 }
      let hasMetEveryRow = (cursor.epoch, cursor.place) >= (start.epoch + 1, start.place)
      if hasMetEveryRow { throw DataError(.nothingCounted, path: path) }
    }
  }

  /// Whether labels of an example count, when it is cut.
  func counts(_ example: Example) -> Bool {
    let width = PaddingStrategy.longest.length(holding: example.label.tokens.count, limit: length)
    return labels.inputs(of: [example.label], length: width, tokens: tokens).countedEntries > 0
  }

  /// The next row as an example; nil at the end of an evaluation.
  /// - Returns: No example where the row cannot be used.
  mutating func nextExample() throws -> NextExample? {
    if isPacked { return try nextSequence().map { NextExample(example: $0) } }
    guard let row = cursor.row else { return nil }
    if case .tokens(let rows) = source, rows.areCut, isInFirstEpoch { cutRows += 1 }
    let example = usable { try $0.example(row) }
    cursor.advance()
    return NextExample(example: example)
  }

  struct NextExample {
    let example: Example?
  }

  private var isInFirstEpoch: Bool { cursor.epoch == openingEpoch }

  /// What is made of the current row; nil where something is wrong with it, which is noted.
  mutating func usable<Result>(_ body: (Self) throws -> Result) -> Result? {
    do { return try body(self) } catch {
      if isInFirstEpoch { unusableRows.add(error) }
      return nil
    }
  }
}
