/// Chooses modules by the index of their layer.
struct LayerFilter {
  enum Decision: Equatable {
    case chosen
    case other(Int)
    case noNumber
  }

  private let layers: TargetSelection.Layers
  private let patterns: [LazyPattern]

  /// - Returns: nil where the selection takes every layer.
  init?(_ selection: TargetSelection) {
    guard selection.choosesLayers, let layers = selection.layersToTransform else { return nil }
    self.layers = layers
    patterns = (selection.layersPattern ?? []).map {
      // PEFT puts the raw text here, so an alternative in it reaches as far as it does there.
      LazyPattern(
        $0, before: #"(?:^|.*?\.)"#, after: #"\.(?P<idx>\d+)\."#, setting: "layers_pattern")
    }
  }

  func decision(_ path: String) throws(TargetError) -> Decision {
    guard let layer = try layer(of: path) else { return .noNumber }
    return layers.contains(layer) ? .chosen : .other(layer)
  }

  private func layer(of path: String) throws(TargetError) -> Int? {
    guard !patterns.isEmpty else { return Self.firstNumber(in: path) }
    for pattern in patterns {
      guard let match = try pattern.startMatch(path) else { continue }
      return match["idx"].flatMap { Self.number(path[$0]) }
    }
    return nil
  }

  /// The first component that is a number and has two components before it and one after it:
  /// 3 in `model.layers.3.mlp.experts.0.up`, and none in `layers.3.mlp`.
  static func firstNumber(in path: String) -> Int? {
    var before = 0
    var start = path.startIndex
    while let end = path.utf8[start...].firstIndex(of: UInt8(ascii: ".")) {
      if before >= 2, mayBeNumber(path.utf8[start..<end]), let number = number(path[start..<end]) {
        return number
      }
      before += 1
      start = path.utf8.index(after: end)
    }
    return nil
  }

  /// Whether a component starts with a digit of ASCII's or with something beyond ASCII.
  private static func mayBeNumber(_ component: Substring.UTF8View) -> Bool {
    component.first.map { (0x30...0x39).contains($0) || $0 >= 0x80 } ?? false
  }

  /// A component as a number, in any script's decimal digits, as Python reads it.
  private static func number(_ component: Substring) -> Int? {
    guard !component.isEmpty else { return nil }
    var value = 0
    for scalar in component.unicodeScalars {
      guard scalar.properties.generalCategory == .decimalNumber,
        let digit = scalar.properties.numericValue
      else { return nil }
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      // An index beyond Int matches no layer.
      value = overflow || shifted > .max - 9 ? .max - 9 : shifted + Int(digit)
    }
    return value
  }
}
