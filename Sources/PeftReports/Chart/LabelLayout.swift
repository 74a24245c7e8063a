/// Finds places for labels so that none covers another.
package struct LabelLayout {
  package struct Box {
    package var x: Double
    package var y: Double
    package var width: Double
    package var height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
    }

    func overlaps(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width
        && y < other.y + other.height && other.y < y + height
    }
  }

  private var taken: [Box] = []
  private var avoided: [Box] = []
  private let bounds: Box

  package init(within bounds: Box) { self.bounds = bounds }

  /// Marks a place where no label may stand.
  package mutating func block(_ box: Box) { taken.append(box) }

  /// Marks a place where a label stands only if there is no better one.
  package mutating func avoid(_ box: Box) { avoided.append(box) }

  /// Takes the first of some places that is free, or as good as; nil where none is.
  package mutating func place(_ candidates: [Box]) -> Box? {
    let free = candidates.filter { box in
      box.x >= bounds.x && box.x + box.width <= bounds.x + bounds.width
        && box.y >= bounds.y && box.y + box.height <= bounds.y + bounds.height
        && !taken.contains { $0.overlaps(box) }
    }
    let best = free.first { box in !avoided.contains { $0.overlaps(box) } } ?? free.first
    if let best { taken.append(best) }
    return best
  }

  /// Heights moved apart to at least `distance`, each as near as possible to where it should be.
  package static func spread(
    _ wanted: [Double], distance: Double, within range: ClosedRange<Double>
  )
    -> [Double]
  {
    let order = wanted.indices.sorted { wanted[$0] < wanted[$1] }
    var result = wanted
    var previous = range.lowerBound - distance
    for index in order {
      result[index] = max(wanted[index], previous + distance)
      previous = result[index]
    }
    // What was pushed out at the end goes back, and pushes the others.
    var next = range.upperBound + distance
    for index in order.reversed() {
      result[index] = min(result[index], next - distance)
      next = result[index]
    }
    return result
  }

  /// About how wide a text is.
  package static func width(of text: String, size: Double) -> Double {
    0.56 * size * Double(text.count)
  }
}
