import ModelGraph

/// Weights that are made of parameters alone, such as `W + ΔW`, do not change from one run to the next as long as
/// the parameters do not: their steps come first, and are left out where they were run already.
extension StepBuilder {
  /// Moves those steps to the front.
  /// - Returns: How many they are.
  mutating func moveMadeWeightsFirst(outputs: [Program.Output]) -> Int {
    let isMade = stepsThatMakeWeights(outputs: Set(outputs.map(\.buffer)))
    let numbered = Array(zip(steps, isMade))
    steps = numbered.filter(\.1).map(\.0) + numbered.filter { !$0.1 }.map(\.0)
    return isMade.count(where: { $0 })
  }

  /// Products of parameters, and what they are made of.
  private func stepsThatMakeWeights(outputs: Set<Int>) -> [Bool] {
    var fixed: Set<Int> = []
    var isFixed: [Bool] = []
    for step in steps {
      let dependsOnInputs = step.operands.contains { operand in
        if case .buffer(let number) = operand.place { !fixed.contains(number) } else { false }
      }
      let written = step.writtenBuffers
      let isSame =
        !dependsOnInputs && !(step.kernel is ActiveDropout) && outputs.isDisjoint(with: written)
      if isSame { fixed.formUnion(written) }
      isFixed.append(isSame)
    }
    var isMade = [Bool](repeating: false, count: steps.count)
    var needed: Set<Int> = []
    for (index, step) in steps.enumerated().reversed() where isFixed[index] {
      guard step.kernel is DenseProduct || !needed.isDisjoint(with: step.writtenBuffers) else {
        continue
      }
      isMade[index] = true
      for case .buffer(let number) in step.operands.map(\.place) { needed.insert(number) }
    }
    return isMade
  }
}

extension Step {
  fileprivate var writtenBuffers: [Int] {
    results.compactMap { if case .buffer(let number) = $0.place { number } else { nil } }
  }
}
