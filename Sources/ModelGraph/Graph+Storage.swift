extension Graph {
  /// This graph with parameters stored in other types. What they compute is the same: values are
  /// widened to 32 bits where they are used.
  /// - Parameter elements: The type by parameter; those left out keep theirs.
  package func storing(_ elements: [Parameter.ID: ElementType]) -> Graph {
    var copy = self
    for (id, element) in elements { copy.change(id) { $0.element = element } }
    return copy
  }

  /// This graph with an adapter's bases drawn as a generation of torch draws them.
  package func drawing(basesOf adapter: String, as generation: TorchGeneration) -> Graph {
    var copy = self
    for parameter in parameters where parameter.role == .frozenBasis(adapter) {
      guard case .basis(let basis) = parameter.initial, basis.generation != generation,
        let id = self.parameter(named: parameter.name)
      else { continue }
      copy.change(id) {
        $0.initial = .basis(
          RandomBasis(
            key: basis.key, precedingWords: basis.precedingWords,
            distribution: basis.distribution, generation: generation))
      }
    }
    return copy
  }

  /// This graph with other initial values of its parameters.
  package func settingInitialValues(_ rule: (Parameter) -> InitialValue) -> Graph {
    var copy = self
    for parameter in parameters {
      guard let id = self.parameter(named: parameter.name) else { continue }
      copy.change(id) { $0.initial = rule(parameter) }
    }
    return copy
  }
}
