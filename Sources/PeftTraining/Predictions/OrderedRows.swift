import PeftAdapters
import PeftTensors

/// Runs a model on rows: those of similar lengths in one batch, results in the order of the rows. In memory are
/// some batches at a time, however many rows there are.
struct OrderedRows {
  let rows: PredictionRows
  let model: BatchedModel
  /// The output that is read.
  let output: String
  let batchSize: Int

  /// Batches whose rows are sorted by length together.
  private static let batchesSorted = 32

  /// - Parameters:
  ///   - check: Finds what is wrong with a row's tokens.
  ///   - make: Makes something of a row's part of the output and of the tokens that were read.
  ///   - take: Given each row's number, fields and result, in order.
  /// - Throws: `DataError`, `TokenizerError`, with the line of the row that cannot be used; what running the model
  ///   and `take` throw.
  func run<Result>(
    check: ([Int]) throws(DataError.Reason) -> Void = { _ in },
    make: (ArraySlice<Float>, [Int]) -> Result,
    take: (Int, DataRecord, Result) throws -> Void
  ) throws {
    let window = batchSize * Self.batchesSorted
    for start in stride(from: 0, to: rows.count, by: window) {
      let numbers = Array(start..<min(start + window, rows.count))
      let examples = try numbers.map { row in
        let example = try rows.example(row)
        do throws(DataError.Reason) { try check(rows.read(example)) } catch {
          throw rows.error(error, at: row)
        }
        return example
      }
      var results = [Result?](repeating: nil, count: numbers.count)
      let order = numbers.indices.sorted { a, b in
        (examples[b].tokens.count, a) < (examples[a].tokens.count, b)
      }
      for first in stride(from: 0, to: order.count, by: batchSize) {
        let places = order[first..<min(first + batchSize, order.count)]
        let batch = try rows.batch(places.map { numbers[$0] }, places.map { examples[$0] })
        let outputs = try model(batch.inputs)[output]?.floats() ?? []
        let width = outputs.count / places.count
        for (index, place) in places.enumerated() {
          results[place] = make(
            outputs[index * width..<(index + 1) * width], rows.read(examples[place]))
        }
      }
      for (row, result) in zip(numbers, results) {
        guard let result else { continue }
        try take(row, rows.record(row), result)
      }
    }
  }
}
