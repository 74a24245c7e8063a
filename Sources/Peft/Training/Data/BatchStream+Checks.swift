import ModelGraph

extension BatchStream {
  /// What a row of a text file becomes.
  func example(_ row: Int) throws -> Example {
    guard case .documents(let rows, let maker) = source else {
      preconditionFailure("rows of tensors and tokens are no texts")
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
    switch source {
    case .documents(let rows, _): DataError(reason, path: rows.path, line: rows.line(of: row))
    case .tokens(let rows): DataError(reason, path: rows.path)
    case .tensors(let rows): DataError(reason, path: rows.path)
    }
  }

  /// Looks at the first rows, so that most mistakes are found before a run begins.
  func checkRows() throws {
    let mostBytes = 64 << 20
    switch source {
    case .documents(let rows, let maker):
      let start = rows.offset(of: 0)
      for row in 0..<rowCount where rows.offset(of: row) - start < mostBytes {
        do throws(DataError.Reason) {
          try maker.check(rows.record(row))
        } catch {
          throw self.error(error, row)
        }
      }
      // A tokenizer that does not belong to the model shows at once.
      for row in 0..<min(rowCount, 16) { _ = try example(row) }
      guard isPacked else { return }
      let needed = isEvaluation ? 1 : sequenceLength
      let found = try packedTokens(upTo: needed)
      guard found >= needed else {
        throw DataError(.tooFewTokens(found: found, needed: needed), path: rows.path)
      }
    case .tokens(let rows):
      for row in 0..<min(rowCount, mostBytes / 8 / sequenceLength + 1) {
        _ = try rows.tokens(row)
      }
    case .tensors(let rows):
      for row in 0..<min(rowCount, mostBytes / max(rows.checkedRowBytes, 1) + 1) {
        try rows.check([row])
      }
    }
  }
}

extension DataPosition {
  /// Whether this can be a place in a file of so many rows.
  func fits(_ rows: Int) -> Bool {
    epoch >= 0 && token >= 0 && 0...rows ~= row && (rowCount ?? rows) == rows
  }
}

extension TokenSettings {
  func warnings(isPacked: Bool) -> [String] {
    var warnings: [String] = []
    if let vocabularySize, let count = tokenizer?.vocabularyCount, count > vocabularySize {
      warnings.append(
        "the tokenizer has \(count.grouped) tokens, and the model knows \(vocabularySize.grouped)")
    }
    if isPacked, endOfText == nil {
      warnings.append("the tokenizer names no token for a text's end: documents are not separated")
    }
    return warnings
  }
}
