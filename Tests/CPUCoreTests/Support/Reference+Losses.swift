import ModelGraph

/// A loss by its definition; the gradients that it gives are its slopes.
protocol ReferenceLoss: ReferenceOperator, LossOperator {
  /// The operands whose gradients are results.
  var differentiated: [Int] { get }
  /// The loss without its scale, and what else is counted.
  func measures(of operands: [Reals]) -> [Double]
}

extension ReferenceLoss {
  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let measures = measures(of: operands)
    let results = [loss(of: operands)] + measures.dropFirst()
    return results.map { Reals([$0], shape: []) }
      + differentiated.map { slopes(along: $0, of: operands, loss) }
  }

  private func loss(of operands: [Reals]) -> Double {
    measures(of: operands)[0] * operands[operands.count - 1].entries[0]
  }
}

extension CrossEntropy.Settings {
  fileprivate static let samples = [
    CrossEntropy.Settings(), CrossEntropy.Settings(shift: 1),
    CrossEntropy.Settings(smoothing: 0.1),
  ]

  /// The sum over the rows that count, and how many of them are right.
  fileprivate func measures(_ logits: Reals, _ labels: Reals) -> [Double] {
    var (sum, right) = (0.0, 0.0)
    for row in 0..<logits.rowCount where row % labels.width + shift < labels.width {
      let label = Int(labels.entries[row + shift])
      guard label != CrossEntropy.ignoredLabel else { continue }
      let row = Array(logits.row(row))
      sum += entropy(row, label: label, smoothing: smoothing)
      if row[label] == row.max() { right += 1 }
    }
    return [sum, right]
  }
}

/// The cross entropy of one row, some of whose label is spread over all classes.
private func entropy(_ row: [Double], label: Int, smoothing: Double = 0) -> Double {
  let logarithms = softmax(row).map(Mathematics.logarithm)
  let mean = logarithms.reduce(0, +) / Double(row.count)
  return -(1 - smoothing) * logarithms[label] - smoothing * mean
}

private let sampleLabels = OperatorSample.Operand.given([3, -100, 0, 6, 5, 1, -100, 2], [2, 4])

extension CrossEntropy: ReferenceLoss {
  static var samples: [OperatorSample] {
    Settings.samples.flatMap { settings in
      [true, false].map {
        OperatorSample(
          CrossEntropy(settings, givesGradient: $0), .reals(2, 4, 7), sampleLabels, .scale)
      }
    }
  }

  var differentiated: [Int] { givesGradient ? [0] : [] }

  func measures(of operands: [Reals]) -> [Double] { settings.measures(operands[0], operands[1]) }
}

extension HeadCrossEntropy: ReferenceLoss {
  static var samples: [OperatorSample] {
    CrossEntropy.Settings.samples.flatMap { settings in
      [
        OperatorSample(
          HeadCrossEntropy(
            layout: .outIn, settings: settings, hasBias: true, gradients: [true, true, true]),
          .reals(2, 4, 5), .reals(7, 5), .reals(7), sampleLabels, .scale),
        OperatorSample(
          HeadCrossEntropy(
            layout: .inOut, settings: settings, hasBias: false, gradients: [true, false, false]),
          .reals(2, 4, 5), .reals(5, 7), sampleLabels, .scale),
        OperatorSample(
          HeadCrossEntropy(
            layout: .inOut, settings: settings, hasBias: false, gradients: [false, true, false]),
          .reals(2, 4, 5), .reals(5, 7), sampleLabels, .scale),
      ]
    }
  }

  var differentiated: [Int] { gradients.indices.filter { gradients[$0] } }

  func measures(of operands: [Reals]) -> [Double] {
    let labels = operands[operands.count - 2]
    let classes = operands[1].shape[layout == .outIn ? 0 : 1]
    let logits = Linear(layout: layout).evaluate(
      operands.dropLast(2), as: [operands[0].shape.dropLast() + [classes]])
    return settings.measures(logits[0], labels)
  }
}

extension BinaryCrossEntropy: ReferenceLoss {
  static var samples: [OperatorSample] {
    [true, false].map {
      OperatorSample(
        BinaryCrossEntropy(givesGradient: $0), .reals([3, 4], from: -6, to: 6),
        .reals([3, 4], from: 0, to: 1), .scale)
    }
  }

  var differentiated: [Int] { givesGradient ? [0] : [] }

  func measures(of operands: [Reals]) -> [Double] {
    let entropies = zip(operands[0].entries, operands[1].entries).map { logit, target in
      let yes = 1 / (1 + Mathematics.exponential(-logit))
      return -target * Mathematics.logarithm(yes) - (1 - target) * Mathematics.logarithm(1 - yes)
    }
    return [entropies.reduce(0, +)]
  }
}

extension SquaredError: ReferenceLoss {
  static var samples: [OperatorSample] {
    [true, false].map {
      OperatorSample(SquaredError(givesGradient: $0), .reals(3, 4), .reals(3, 4), .scale)
    }
  }

  var differentiated: [Int] { givesGradient ? [0] : [] }

  func measures(of operands: [Reals]) -> [Double] {
    let differences = zip(operands[0].entries, operands[1].entries).map { $0 - $1 }
    return [differences.reduce(0) { $0 + $1 * $1 }]
  }
}

extension ContrastiveLoss: ReferenceLoss {
  static var samples: [OperatorSample] {
    [true, false].map {
      OperatorSample(
        ContrastiveLoss(givesGradient: $0), .reals([4, 4], from: -3, to: 3), .scale)
    }
  }

  var differentiated: [Int] { givesGradient ? [0] : [] }

  func measures(of operands: [Reals]) -> [Double] {
    let logits = operands[0]
    let entropies = (0..<logits.width).map { pair in
      let column = (0..<logits.width).map { logits[$0, pair] }
      return (entropy(Array(logits.row(pair)), label: pair) + entropy(column, label: pair)) / 2
    }
    return [entropies.reduce(0, +)]
  }
}
