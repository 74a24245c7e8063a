extension Graph {
  /// This graph with parameters stored in other types. What they compute is the same: numbers are
  /// widened where they are used.
  /// - Parameter elements: The type by parameter; those left out keep theirs.
  public func storing(_ elements: [Parameter.ID: ElementType]) -> Graph {
    var copy = self
    for (id, element) in elements { copy.store(id, as: element) }
    return copy
  }
}
