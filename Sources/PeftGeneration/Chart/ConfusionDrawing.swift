import PeftBasics
import PeftPlatform
import PeftReports

/// Draws a confusion table.
struct ConfusionDrawing {
  private let chart: ConfusionChart
  private let classes: [ClassCounts]
  private let names: [String]
  /// The side of a field.
  private let side: Double
  private let left: Double
  private let top: Double
  /// Whether the names of columns stand upright, because they are wider than a field.
  private let isTurned: Bool

  private static let (right, wrong) = (ChartFrame.colors[0], ChartFrame.colors[1])
  private static let nameSize = 12.0
  private static let nameLength = 28
  private static let edge = 34.0

  init(_ chart: ConfusionChart) {
    self.chart = chart
    classes = chart.counts.classes
    names = chart.names.map { $0.printable.shortened(to: Self.nameLength) }
    let longest = names.map { LabelLayout.width(of: $0, size: Self.nameSize) }.max() ?? 0
    let count = Double(names.count)
    left = Self.edge + max(30, longest) + 16
    // Beside the fields stand their recall, below them their precision.
    side = max(4, min(72, (ChartFrame.width - left - 92) / count, 720 / count))
    isTurned = longest > side - 6
    top = 92 + (isTurned ? longest : 14) + 8
  }

  private var end: (x: Double, y: Double) {
    let length = side * Double(names.count)
    return (left + length, top + length)
  }

  var svg: String {
    let count = chart.counts.exampleCount
    let share = count == 0 ? "" : " · \((100 * chart.counts.accuracy).fixed(1))% right"
    let about = chart.subtitle.isEmpty ? "" : chart.subtitle.printable.shortened(to: 76) + " · "
    return ChartFrame.document(
      title: "True and predicted classes",
      subtitle: about + count.counted("example") + share, height: end.y + 78
    ) { svg in
      addNames(to: &svg)
      for truth in names.indices {
        for prediction in names.indices { addField(truth, prediction, to: &svg) }
      }
      addShares(to: &svg)
      addLegend(to: &svg)
    }
  }

  // MARK: Fields

  private func addField(_ truth: Int, _ prediction: Int, to svg: inout SVGText) {
    let count = chart.counts[truth, prediction]
    let gap = side < 16 ? 0.5 : 1
    let (x, y) = (left + side * Double(prediction), top + side * Double(truth))
    svg.add(
      "rect",
      [
        "class": "grid", "x": n(x + gap), "y": n(y + gap), "width": n(side - 2 * gap),
        "height": n(side - 2 * gap), "fill": "none", "stroke-width": "1",
      ])
    guard count > 0 else { return }
    let share = Double(count) / Double(classes[truth].support)
    // Even a single mistake is seen.
    let opacity = 0.12 + 0.88 * share
    svg.add(
      "rect",
      [
        "x": n(x + gap), "y": n(y + gap), "width": n(side - 2 * gap),
        "height": n(side - 2 * gap),
        "fill": truth == prediction ? Self.right : Self.wrong, "fill-opacity": opacity.fixed(3),
      ])
    addCount(count, isStrong: opacity > 0.55, at: (x + side / 2, y + side / 2), to: &svg)
  }

  /// Writes a count into its field where it can be read there.
  private func addCount(
    _ count: Int, isStrong: Bool, at middle: (x: Double, y: Double), to svg: inout SVGText
  ) {
    let texts = [count.grouped, count.abbreviated]
    for (text, smallest) in zip(texts, [9.0, 7.0]) {
      let size = min(13, side * 0.5, (side - 4) / LabelLayout.width(of: text, size: 1))
      guard size >= smallest else { continue }
      svg.add(
        "text",
        [
          isStrong ? "fill" : "class": isStrong ? "#ffffff" : "ink", "x": n(middle.x),
          "y": n(middle.y + size * 0.36), "font-size": n(size), "text-anchor": "middle",
        ], text: text)
      return
    }
  }

  // MARK: Names

  private func addNames(to svg: inout SVGText) {
    let size = min(Self.nameSize, max(5, side))
    for (index, name) in names.enumerated() {
      let middle = side * (Double(index) + 0.5)
      svg.add(
        "text",
        [
          "class": "ink", "x": n(left - 8), "y": n(top + middle + size * 0.36),
          "font-size": n(size), "text-anchor": "end",
        ], text: name)
      let place = "translate(\(n(left + middle)) \(n(top - 8)))"
      svg.add(
        "text",
        isTurned
          ? [
            "class": "ink", "transform": "\(place) rotate(-90)", "y": n(size * 0.36),
            "font-size": n(size),
          ]
          : ["class": "ink", "transform": place, "font-size": n(size), "text-anchor": "middle"],
        text: name)
    }
    svg.add(
      "text",
      [
        "class": "ink", "x": n((left + end.x) / 2), "y": "82", "font-size": "13",
        "text-anchor": "middle",
      ], text: "predicted class")
    svg.add(
      "text",
      [
        "class": "ink", "transform": "translate(24 \(n((top + end.y) / 2))) rotate(-90)",
        "font-size": "13", "text-anchor": "middle",
      ], text: "true class")
  }

  // MARK: Recall and precision

  private func addShares(to svg: inout SVGText) {
    let size = min(12, max(5, side * 0.42))
    svg.add(
      "text",
      ["class": "soft", "x": n(end.x + 10), "y": n(top - 8), "font-size": "12"], text: "recall")
    svg.add(
      "text",
      [
        "class": "soft", "x": n(left - 8), "y": n(end.y + 18), "font-size": "12",
        "text-anchor": "end",
      ], text: "precision")
    for (index, counts) in classes.enumerated() {
      let middle = side * (Double(index) + 0.5)
      if counts.support > 0 {
        svg.add(
          "text",
          [
            "class": "soft", "x": n(end.x + 10), "y": n(top + middle + size * 0.36),
            "font-size": n(max(size, min(12, side))),
          ], text: Self.percent(counts.recall) + "%")
      }
      if counts.predictedCount > 0 {
        svg.add(
          "text",
          [
            "class": "soft", "x": n(left + middle), "y": n(end.y + 18), "font-size": n(size),
            "text-anchor": "middle",
          ], text: Self.percent(counts.precision) + (side < 30 ? "" : "%"))
      }
    }
  }

  /// Only what has no mistake is 100.
  private static func percent(_ share: Double) -> String {
    (share < 1 ? min(99, 100 * share) : 100).fixed(0)
  }

  private func addLegend(to svg: inout SVGText) {
    var x = left
    let y = end.y + 52
    for (color, text) in [(Self.right, "right"), (Self.wrong, "wrong")] {
      for share in [0.12, 0.5, 1] {
        svg.add(
          "rect",
          [
            "x": n(x), "y": n(y - 11), "width": "14", "height": "14", "fill": color,
            "fill-opacity": share.fixed(2),
          ])
        x += 16
      }
      svg.add("text", ["class": "ink", "x": n(x + 4), "y": n(y), "font-size": "12"], text: text)
      x += 56
    }
    svg.add(
      "text", ["class": "soft", "x": n(x), "y": n(y), "font-size": "12"],
      text: "the stronger, the larger its share of the true class")
  }

  private func n(_ value: Double) -> String { ChartFrame.n(value) }
}
