extension BatchStream {
  /// The next full sequence of documents that follow each other; at the end of an evaluation
  /// stream, a shorter one. The rest of a document goes to the next sequence, across epochs too, so
  /// that every token is used once an epoch.
  mutating func nextSequence() throws -> Example? {
    var sequence: [Int] = []
    var labels: [Int] = []
    var byteCounts: [Int] = []
    var unusable = 0
    while sequence.count < length, let row = cursor.row {
      guard let document = packing ?? usable({ try $0.example(row) }) else {
        unusable += 1
        guard unusable < rowCount else { throw DataError(.nothingCounted, path: path) }
        cursor.advance()
        continue
      }
      guard taken <= document.tokens.count, case .tokens(let documentLabels) = document.label,
        document.byteCounts.count == document.tokens.count
      else {
        throw error(.otherRows(found: rowCount, before: nil), row)
      }
      let end = min(document.tokens.count, taken + length - sequence.count)
      sequence += document.tokens[taken..<end]
      labels += documentLabels[taken..<end]
      byteCounts += document.byteCounts[taken..<end]
      if end == document.tokens.count {
        (packing, taken) = (nil, 0)
        cursor.advance()
      } else {
        (packing, taken) = (document, end)
      }
    }
    guard !sequence.isEmpty else { return nil }
    return Example(
      tokens: sequence, segments: [], label: .tokens(labels), byteCounts: byteCounts)
  }

  /// How many batches one epoch takes.
  /// - Complexity: As `batches(inEpochs:)`.
  public func batchesPerEpoch() throws -> Int { try batches(inEpochs: 1) }

  /// How many batches so many epochs take; the last may have rows of the epoch that follows. An
  /// evaluation stream has one epoch, whatever is asked for.
  /// - Throws: `DataError`, `TokenizerError`.
  /// - Complexity: O(1), but all packed documents are encoded, and of others those rows that may be left
  ///   out.
  public func batches(inEpochs epochs: Double) throws -> Int {
    guard isPacked else {
      return isEvaluation
        ? batches(of: 1, rowCount, per: batchSize)
        : batches(of: epochs, try usableRows(), per: batchSize)
    }
    let tokenCount = try packedTokens()
    return isEvaluation
      ? batches(of: 1, (tokenCount + length - 1) / length, per: batchSize)
      : batches(of: epochs, tokenCount, per: batchSize * length)
  }

  private func batches(of epochs: Double, _ count: Int, per size: Int) -> Int {
    let exact = epochs * Double(count) / Double(size)
    // Rounding errors of fractional epochs must not add a batch; the limit keeps the product in Int.
    return Int(Double.minimum((exact - exact * 0x1p-45).rounded(.up), 0x1p53))
  }

  /// The rows that are not left out. Only those are encoded that a prompt may fill, and the shortest: a
  /// token stands for a byte at least, but where a normaliser makes texts longer.
  private func usableRows() throws -> Int {
    guard case .documents(let rows, let maker) = source else { return rowCount }
    var count = rowCount
    for row in 0..<rowCount {
      do throws(DataError.Reason) {
        guard try maker.mayBeLeftOut(rows.record(row), length: length) else { continue }
      } catch {
        throw self.error(error, row)
      }
      if !counts(try example(row)) { count -= 1 }
    }
    guard count > 0 else { throw DataError(.nothingCounted, path: path) }
    return count
  }

  /// The tokens of the packed documents, counted until there are enough.
  func packedTokens(upTo limit: Int = .max) throws -> Int {
    var count = 0
    for row in 0..<rowCount where count < limit { count += try example(row).tokens.count }
    return count
  }
}
