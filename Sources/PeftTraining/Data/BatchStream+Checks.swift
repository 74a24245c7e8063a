import ModelGraph
import PeftAdapters
import PeftBasics

extension BatchStream {
  /// What a row of texts or tokens becomes.
  func example(_ row: Int) throws -> Example {
    let (rows, maker): (TextRows, ExampleMaker)
    switch source {
    case .documents(let texts, let examples): (rows, maker) = (texts, examples)
    case .tokens(let rows):
      let tokens = try rows.tokens(row)
      return Example(tokens: tokens, segments: [], label: .tokens(tokens))
    case .tensors: preconditionFailure("rows of tensors are batches already")
    }
    do {
      let example = try maker.example(rows.record(row))
      if example.tokens.isEmpty, !isPacked { throw DataError.Reason.noTokens }
      return example
    } catch let reason as DataError.Reason {
      throw error(reason, row)
    }
  }

  /// A mistake, with the line of its row.
  func error(_ reason: DataError.Reason, _ row: Int) -> DataError {
    guard case .documents(let rows, _) = source else { return DataError(reason, path: path) }
    return rows.error(reason, at: row)
  }

  /// Looks at the first rows, so that most mistakes are found before a run begins.
  func checkRows() throws {
    let mostBytes = 64 << 20
    switch source {
    case .documents(let rows, let maker):
      for row in 0..<rowCount where rows.offset(of: row) < mostBytes {
        do throws(DataError.Reason) {
          try maker.check(rows.record(row))
        } catch {
          throw self.error(error, row)
        }
      }
      // A tokenizer of another model is noticed at once.
      for row in 0..<min(rowCount, 16) { _ = try example(row) }
      guard isPacked else { return }
      let needed = isEvaluation ? 1 : length
      let found = try packedTokens(upTo: needed)
      guard found >= needed else {
        throw DataError(.tooFewTokens(found: found, needed: needed), path: rows.path)
      }
    case .tokens(let rows):
      for row in 0..<min(rowCount, mostBytes / 8 / length + 1) {
        _ = try rows.tokens(row)
      }
    case .tensors(let rows):
      for row in 0..<min(rowCount, mostBytes / max(rows.checkedRowBytes, 1) + 1) {
        try rows.check([row])
      }
    }
  }
}

extension BatchStream {
  /// Makes sure that something can be learnt from the rows that are left in the epoch.
  /// - Throws: `DataError` where all labels are masked, and what `next` throws.
  public func checkLabels() throws {
    var rest = self
    while rest.cursor.epoch == cursor.epoch, let batch = try rest.next() {
      if batch.countedEntries > 0 { return }
    }
    throw DataError(.nothingCounted, path: path)
  }

  var path: String { source.path }

  /// The day that the texts of conversations have; nil where they have none.
  var chatDate: ChatDate? {
    if case .documents(_, let maker) = source { maker.chat?.date } else { nil }
  }
}

extension BatchStream.Source {
  /// What messages call the files.
  var path: String {
    switch self {
    case .documents(let rows, _): rows.path
    case .tokens(let rows): rows.path
    case .tensors(let rows): rows.path
    }
  }
}

extension TokenSettings {
  func warnings(isPacked: Bool) -> [String] {
    var warnings = tokenizer?.warnings ?? []
    if let vocabularySize, let count = tokenizer?.vocabularyCount, count > vocabularySize {
      warnings.append(
        "the tokenizer has \(count.grouped) tokens, the model's vocabulary \(vocabularySize.grouped)"
      )
    }
    if isPacked, endOfText == nil {
      warnings.append("the tokenizer has no end-of-text token: documents are not separated")
    }
    return warnings
  }
}
