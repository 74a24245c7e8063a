import ModelGraph
import PeftTensors

extension Graph {
  /// What a product with a factor costs, as a share of one with a dense factor: less than 1 where the factor is
  /// packed as lists, whose entries are added.
  func productShare(of factor: Value.ID, _ precision: Precision) -> Double {
    guard let density = density(of: factor), TernaryEntries.Form(density: density) == .lists else {
      return 1
    }
    // A product has two operations for each entry, and twice as many are made in bfloat16.
    return density * ProgramWork.operationsOfAddition / (precision == .bf16 ? 1 : 2)
  }

  /// The share of entries that are not 0 of a packed parameter, or of a part of one; nil of others.
  func density(of value: Value.ID) -> Double? {
    if let id = parameter(readBy: value) { return self[id].density }
    guard case .node(let index, _) = self[value].source else { return nil }
    let node = nodes[index]
    return node.operation is Reshape || node.operation is Slice
      ? density(of: node.operands[0]) : nil
  }
}
