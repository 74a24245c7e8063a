import ModelGraph
import OrderedCollections
import PeftBasics

/// What becomes of the rows of some data.
struct RowCounts: Sendable {
  /// Rows of the data.
  let rowCount: Int
  /// Rows that were looked at: the first.
  let lookedAt: Int
  /// Tokens of each row that is used, before it is truncated; empty where rows are no texts.
  private(set) var lengths: [Int] = []
  private(set) var used = 0
  /// Rows of which no label counts.
  private(set) var leftOut = 0
  private(set) var unusable = UnusableRows()
  /// Rows longer than a sequence.
  private(set) var truncated = 0
  private(set) var tokenCount = 0
  /// Labels that count for the loss.
  private(set) var countedEntries = 0
  /// Rows of each class, by its name or number.
  private(set) var classes: OrderedDictionary<String, Int> = [:]

  var longest: Int? { lengths.max() }
  var mean: Double { Double(lengths.reduce(0, +)) / Double(max(1, lengths.count)) }
  var median: Int { lengths.isEmpty ? 0 : lengths.sorted()[lengths.count / 2] }

  /// - Parameter names: Those of the model's classes.
  init(_ stream: BatchStream, names: [String]?, mostRows: Int) throws {
    rowCount = stream.rowCount
    lookedAt = min(rowCount, mostRows)
    if case .tensors(let rows) = stream.source {
      for row in 0..<lookedAt {
        do {
          if try rows.counts(row) { used += 1 } else { leftOut += 1 }
        } catch { unusable.add(error) }
      }
      return
    }
    var numbers: [Int: Int] = [:]
    for row in 0..<lookedAt {
      do {
        let example = try stream.example(row)
        add(example, stream)
        if case .numbers(let label) = example.label, label.count == 1, let value = label.first,
          let number = Int(exactly: value), stream.labels.areClassNumbers
        {
          numbers[number, default: 0] += 1
        }
      } catch { unusable.add(error) }
    }
    for (number, count) in numbers.sorted(by: { $0.key < $1.key }) {
      let name = names.flatMap { $0.indices.contains(number) ? $0[number] : nil }
      classes[name ?? "\(number)"] = count
    }
  }

  private mutating func add(_ example: Example, _ stream: BatchStream) {
    let label = example.label.tokens
    let counted = stream.labels.inputs(
      of: [example.label], length: stream.length, tokens: stream.tokens
    ).countedEntries
    guard counted > 0 || stream.isPacked else {
      leftOut += 1
      return
    }
    used += 1
    let length = max(example.tokens.count, stream.labels.haveOwnLength ? 0 : label.count)
    lengths.append(length)
    if length > stream.length, !stream.isPacked { truncated += 1 }
    tokenCount += min(length, stream.isPacked ? .max : stream.length)
    countedEntries += counted
  }

  /// Rows by their lengths, in steps that double: up to 8 tokens, up to 16, …
  var histogram: [(upTo: Int, rows: Int)] {
    guard let longest else { return [] }
    var steps: [(upTo: Int, rows: Int)] = []
    var (from, upTo) = (-1, 8)
    repeat {
      steps.append((upTo, lengths.count { from < $0 && $0 <= upTo }))
      (from, upTo) = (upTo, upTo * 2)
    } while from < longest
    return steps
  }
}
