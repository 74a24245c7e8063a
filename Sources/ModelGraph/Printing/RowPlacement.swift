/// Things in rows, and the lines between one row and the next: in what order and where they stand, so
/// that lines are short, straight and cross little.
struct RowPlacement {
  /// A line from a thing to one of the next row.
  struct Line: Hashable {
    let from: Int
    let to: Int
    /// Where it ends, from the middle of the two.
    var fromOffset = 0.0
    var toOffset = 0.0
    /// Whether both only let a line pass, which then should be straight.
    var isStraight = false
    var weight: Double { isStraight ? 12 : 1 }
  }

  /// By row, from left to right.
  private(set) var rows: [[Int]]
  /// The middle of each thing.
  private(set) var middles: [Double]
  private let widths: [Double]
  private let lines: [Line]
  private let gap: Double
  private var above: [[Line]]
  private var below: [[Line]]

  init(rows: [[Int]], widths: [Double], lines: [Line], gap: Double) {
    self.rows = rows
    self.widths = widths
    self.lines = lines
    self.gap = gap
    middles = Array(repeating: 0, count: widths.count)
    above = Array(repeating: [], count: widths.count)
    below = above
    for line in lines {
      above[line.to].append(line)
      below[line.from].append(line)
    }
    order()
    place()
  }

  /// The leftmost and the rightmost end of anything.
  var extent: ClosedRange<Double> {
    let ends = rows.joined().map { (middles[$0] - widths[$0] / 2, middles[$0] + widths[$0] / 2) }
    let left = ends.map(\.0).min() ?? 0
    return left...max(left, ends.map(\.1).max() ?? 0)
  }

  /// Orders rows by where their lines come from, down and up again; the order with the fewest crossings
  /// stays.
  private mutating func order() {
    var (best, fewest) = (rows, crossings)
    for sweep in 0..<8 where fewest > 0 {
      let isDown = sweep.isMultiple(of: 2)
      let places = isDown ? Array(rows.indices.dropFirst()) : rows.indices.dropLast().reversed()
      for row in places {
        let position = positions(in: isDown ? row - 1 : row + 1)
        let wanted = rows[row].enumerated().map { index, item in
          let ends =
            isDown
            ? above[item].compactMap { line in
              position[line.from].map { Double($0) + line.fromOffset / widths[line.from] }
            }
            : below[item].compactMap { line in
              position[line.to].map { Double($0) + line.toOffset / widths[line.to] }
            }
          let mean = ends.isEmpty ? nil : ends.reduce(0, +) / Double(ends.count)
          return (item: item, place: mean ?? Double(index), index: index)
        }
        rows[row] = wanted.sorted { ($0.place, $0.index) < ($1.place, $1.index) }.map(\.item)
      }
      let count = crossings
      if count < fewest { (best, fewest) = (rows, count) }
    }
    rows = best
  }

  private func positions(in row: Int) -> [Int: Int] {
    Dictionary(uniqueKeysWithValues: rows[row].enumerated().map { ($1, $0) })
  }

  private var crossings: Int {
    var count = 0
    for row in rows.indices.dropLast() {
      let (upper, lower) = (positions(in: row), positions(in: row + 1))
      let ends = rows[row].flatMap { item in
        below[item].compactMap { line in
          lower[line.to].map {
            (
              Double(upper[item] ?? 0) + line.fromOffset / widths[item],
              Double($0) + line.toOffset / widths[line.to]
            )
          }
        }
      }
      for (index, a) in ends.enumerated() {
        count += ends[(index + 1)...].count { (a.0 - $0.0) * (a.1 - $0.1) < 0 }
      }
    }
    return count
  }

  private mutating func place() {
    for row in rows {
      spread(row, wanted: row.map { _ in 0 }, weights: row.map { _ in 1 })
    }
    let chains = chains
    for sweep in 0..<80 {
      var places: [Int: (sum: Double, count: Double)] = [:]
      for (item, chain) in chains {
        let place = places[chain] ?? (0, 0)
        places[chain] = (place.sum + middles[item], place.count + 1)
      }
      let isDown = sweep.isMultiple(of: 2)
      for row in isDown ? Array(rows.indices) : rows.indices.reversed() {
        var (wanted, weights) = ([Double](), [Double]())
        for item in rows[row] {
          var ends =
            above[item].map {
              (middles[$0.from] + $0.fromOffset - $0.toOffset, $0.weight)
            }
            + below[item].map {
              (middles[$0.to] + $0.toOffset - $0.fromOffset, $0.weight)
            }
          if let chain = chains[item], let place = places[chain] {
            ends.append((place.sum / place.count, 40))
          }
          let weight = ends.reduce(0) { $0 + $1.1 }
          wanted.append(
            weight > 0 ? ends.reduce(0) { $0 + $1.0 * $1.1 } / weight : middles[item])
          weights.append(max(weight, 0.1))
        }
        spread(rows[row], wanted: wanted, weights: weights)
      }
    }
  }

  /// For things between lines that should be straight, the first of them.
  private var chains: [Int: Int] {
    var chains: [Int: Int] = [:]
    for row in rows {
      for item in row {
        for line in below[item] where line.isStraight {
          chains[line.to] = chains[item] ?? item
          chains[item] = chains[line.to]
        }
      }
    }
    return chains
  }

  /// Puts the things of a row as near to where they should be as their widths allow: least squares, by
  /// pooling neighbours that would overlap.
  private mutating func spread(_ row: [Int], wanted: [Double], weights: [Double]) {
    var shift = 0.0
    var shifts: [Double] = []
    var pools: [(sum: Double, weight: Double, count: Int)] = []
    for (index, item) in row.enumerated() {
      if index > 0 { shift += (widths[row[index - 1]] + widths[item]) / 2 + gap }
      shifts.append(shift)
      pools.append(((wanted[index] - shift) * weights[index], weights[index], 1))
      while pools.count > 1 {
        let (last, before) = (pools[pools.count - 1], pools[pools.count - 2])
        guard before.sum / before.weight > last.sum / last.weight else { break }
        pools.removeLast(2)
        pools.append(
          (before.sum + last.sum, before.weight + last.weight, before.count + last.count))
      }
    }
    var index = 0
    for pool in pools {
      for _ in 0..<pool.count {
        middles[row[index]] = pool.sum / pool.weight + shifts[index]
        index += 1
      }
    }
  }
}
