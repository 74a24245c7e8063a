import CPUCore
import PeftBasics

/// Rows of texts in two parts, one to train on and one to evaluate on. Which row is in which depends on the seed and
/// the rows alone.
struct DataSplit: Sendable {
  enum Part: Sendable {
    case training
    case evaluation
  }

  /// The share of the rows that is for evaluation.
  let share: Double
  let seed: UInt64
  let part: Part

  /// The rows of the part, in the order of the files. Where rows have classes, of each class the same share.
  /// - Throws: `DataError` where a class, or all data, have a single row; where a row cannot be read.
  func rows(of all: TextRows, by maker: ExampleMaker) throws(DataError) -> TextRows {
    var numbers = SplitMix64(seed: seed, stream: Self.stream)
    var evaluated = Set<UInt32>()
    for group in try groups(of: all, by: maker) {
      var rows = group.rows
      guard rows.count > 1 else {
        throw all.error(
          group.label.map { .singleOfClass($0) } ?? .singleRow, at: Int(rows.first ?? 0))
      }
      let wanted = Int((share * Double(rows.count)).rounded())
      for place in 0..<min(max(1, wanted), rows.count - 1) {
        let rest = UInt64(rows.count - place)
        rows.swapAt(place, place + Int(numbers.next().multipliedFullWidth(by: rest).high))
        evaluated.insert(rows[place])
      }
    }
    return all.selecting(
      (0..<UInt32(all.count)).filter { evaluated.contains($0) == (part == .evaluation) })
  }

  /// Epochs are shuffled by the streams from 0 on.
  private static let stream = UInt64.max

  private struct Group {
    var label: String?
    var rows: [UInt32] = []
  }

  /// The rows by class, in the order in which classes occur.
  private func groups(of rows: TextRows, by maker: ExampleMaker) throws(DataError) -> [Group] {
    var groups: [Group] = []
    var known: [String?: Int] = [:]
    for row in 0..<rows.count {
      let label: String?
      do throws(DataError.Reason) {
        label = try maker.classLabel(of: rows.record(row))
      } catch {
        throw rows.error(error, at: row)
      }
      let place = known[label] ?? groups.count
      if place == groups.count {
        known[label] = place
        groups.append(Group(label: label))
      }
      groups[place].rows.append(UInt32(row))
    }
    return groups
  }
}
