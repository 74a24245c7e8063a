import CPUCore
import PeftBasics
import PeftReports

/// How the products of updates are ordered, module by module, repeated layers as one line.
extension TrainingPlans {
  /// Groups of layers with the order that was chosen, and what they take in both.
  var groupTable: Table {
    Table(
      [
        Table.Column("layers"), Table.Column("update"), Table.Column("beside", .right),
        Table.Column("added", .right),
      ],
      sections: sections { group in
        [group.name, group.update] + [group.work(isBeside: true), group.work(isBeside: false)]
      }
    ).withoutEmptyColumns
  }

  /// The same with shapes, ranks, and the order of the gradients.
  var layerTable: Table {
    Table(
      [
        Table.Column("module"), Table.Column("out × in", .right), Table.Column("rank", .right),
        Table.Column("update"), Table.Column("beside", .right), Table.Column("added", .right),
        Table.Column("gradients"), Table.Column("thin", .right), Table.Column("whole", .right),
      ],
      sections: sections { group in
        [group.name] + group.sizes + [group.update]
          + [group.work(isBeside: true), group.work(isBeside: false)] + group.gradients
      }
    ).withoutEmptyColumns
  }

  private func sections(_ cells: (UpdateGroup) -> [String]) -> [Table.Section] {
    plans.map { plan in
      let groups = FoldedPaths(plan.updates.map(\.path)).groups(of: plan.updates, path: \.path) {
        UpdateGroup.Likeness($0)
      }
      return Table.Section(
        "\(plan.budget.tuner) \(plan.budget.shortSettings)",
        rows: groups.compactMap { UpdateGroup(name: $0.text, updates: $0.elements) }.map(cells))
    }
  }
}

/// Modules of one line: they have the same shape, and the same orders were chosen.
private struct UpdateGroup {
  /// What they have in common.
  struct Likeness: Hashable {
    let sizes: [Int]
    let isBeside: Bool
    let isThin: Bool?

    init(_ plan: UpdatePlan) {
      sizes = [plan.outputs, plan.inputs, plan.rank]
      isBeside = plan.isBeside
      isThin = plan.gradients?.isThin
    }
  }

  let name: String
  private let first: UpdatePlan
  private let updates: [UpdatePlan]

  init?(name: String, updates: [UpdatePlan]) {
    guard let first = updates.first else { return nil }
    (self.name, self.first, self.updates) = (name, first, updates)
  }

  var sizes: [String] { ["\(first.outputs) × \(first.inputs)", first.rank.grouped] }
  var update: String { first.isBeside ? "beside" : "added" }

  /// What all of them take in one of both orders; nothing where there is no choice.
  func work(isBeside: Bool) -> String {
    let all = updates.compactMap { isBeside == $0.isBeside ? $0.work : $0.otherWork }
    guard all.count == updates.count else { return "" }
    let sum = all.reduce(ProgramWork(), +)
    return "\(sum.operations.asOperations), \(Int(sum.bytes).asBytes)"
  }

  /// The order of the gradients, and their operations in both.
  var gradients: [String] {
    let all = updates.compactMap(\.gradients)
    guard let order = all.first, all.count == updates.count else { return ["", "", ""] }
    return [
      order.name, all.reduce(0) { $0 + $1.thinOperations }.asOperations,
      all.reduce(0) { $0 + $1.wholeOperations }.asOperations,
    ]
  }
}
