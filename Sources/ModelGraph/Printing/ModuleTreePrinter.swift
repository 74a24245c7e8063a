import PeftBasics

/// Lays out the lines of a module tree.
struct ModuleTreePrinter {
  private struct Line {
    var text: String
    /// Entries, for the right-hand column; nil on a line that goes on with the one before.
    var count: Int?
    var isAdded: Bool
  }

  /// The width that lines keep to where names permit.
  private static let pageWidth = 100
  private let graph: Graph
  private let hasMargin: Bool
  private let textWidth: Int
  private var lines: [Line] = []

  init(graph: Graph, hasMargin: Bool) {
    self.graph = graph
    self.hasMargin = hasMargin
    textWidth =
      ModuleTreePrinter.pageWidth - graph.entryCount.grouped.count - 2 - (hasMargin ? 2 : 0)
  }

  /// The tree as text, with its closing line.
  var text: String {
    let left = lines.lazy.filter { $0.count != nil }.map(\.text.count).max() ?? 0
    let right = graph.entryCount.grouped.count
    var text = ""
    for line in lines {
      if hasMargin { text += line.isAdded ? "+ " : "  " }
      if let count = line.count, count > 0 {
        text += line.text.leftAligned(left) + "  " + count.grouped.rightAligned(right)
      } else {
        text += line.text
      }
      text += "\n"
    }
    return text + closingLine
  }

  private var closingLine: String {
    let trained = graph.entryCount { if case .adapter = $0 { true } else { false } }
    let frozen = graph.entryCount { if case .frozenBasis = $0 { true } else { false } }
    let counts = [
      "total \(graph.entryCount.grouped)", "adapter \(trained.grouped)",
      "frozen basis \(frozen.grouped)", "operations \(graph.nodes.count.grouped)",
    ]
    return counts.joined(separator: " | ")
  }

  mutating func printRoot(_ root: ModuleSummary, name: String) {
    print(name.printable, root, copies: [root], depth: 0)
  }

  private mutating func print(children: [ModuleSummary], depth: Int) {
    let runs = NumberedRuns.split(children, name: \.name) { $1.hasStructure(of: $0) }
    for run in runs {
      guard let first = run.first, let last = run.last else { continue }
      if run.count == 1 {
        let (module, name) = first.shortened
        let isPlain = module.kind == .container && module.belongsToAdapter
        let kind = isPlain ? "" : " " + module.kind.description.printable
        print("(\(name.printable)):\(kind)", module, copies: run, depth: depth)
      } else {
        let count = first.parameters.reduce(0) { $0 + graph[$1].count }
        let each = count > 0 ? ", \(count.grouped) each" : ""
        let kind = first.kind.description.printable
        print(
          "(\(first.name)-\(last.name)): \(run.count) × \(kind)\(each)", first, copies: run,
          depth: depth)
      }
    }
  }

  /// Prints a module and what is inside it.
  /// - Parameter copies: The modules that the line stands for.
  private mutating func print(
    _ title: String, _ module: ModuleSummary, copies: ArraySlice<ModuleSummary>, depth: Int
  ) {
    let all = copies.reduce(into: Set<Parameter.ID>()) { $0.formUnion($1.parameters) }
    let count = all.reduce(0) { $0 + graph[$1].count }
    let indentation = String(repeating: "  ", count: depth)
    lines.append(Line(text: indentation + title, count: count, isAdded: module.isAdded))
    let (added, own) = (module.tensors.filter(\.isAdded), module.tensors.filter { !$0.isAdded })
    print(module.isAdded ? added : own, of: module, indentation: indentation)
    if !module.isAdded { printBelow(added, of: module, indentation: indentation) }
    print(children: module.children, depth: depth + 1)
  }

  /// Sets a module's parameters behind its name, or below it where there is no room.
  private mutating func print(
    _ tensors: [ModuleSummary.Tensor], of module: ModuleSummary, indentation: String
  ) {
    guard !tensors.isEmpty, let title = lines.last?.text else { return }
    let texts = tensors.map { describe($0, of: module) }
    let gap = title.hasSuffix(":") ? " " : "  "
    let whole = title + gap + texts.joined(separator: ", ")
    if whole.count <= textWidth {
      lines[lines.count - 1].text = whole
    } else {
      printBelow(tensors, of: module, indentation: indentation)
    }
  }

  /// Sets parameters on lines of their own, as many on one as there is room for.
  private mutating func printBelow(
    _ tensors: [ModuleSummary.Tensor], of module: ModuleSummary, indentation: String
  ) {
    var line = indentation + "   "
    for (index, tensor) in tensors.enumerated() {
      let item = " " + describe(tensor, of: module) + (index + 1 < tensors.count ? "," : "")
      if index > 0, line.count + item.count > textWidth {
        lines.append(Line(text: line, count: nil, isAdded: tensor.isAdded))
        line = indentation + "   "
      }
      line += item
    }
    if let last = tensors.last {
      lines.append(Line(text: line, count: nil, isAdded: last.isAdded))
    }
  }

  private func describe(_ tensor: ModuleSummary.Tensor, of module: ModuleSummary) -> String {
    let name = tensor.name.printable
    if let owner = module.owner(of: tensor) { return "\(name) = \(owner.printable)" }
    let parameter = tensor.parameter
    let element = parameter.element == .float32 ? "" : " \(parameter.element)"
    let role =
      switch parameter.role {
      case .base: ""
      case .buffer: " buffer"
      case .adapter: " trained"
      case .frozenBasis: " frozen basis"
      }
    return "\(name) \(Shape(parameter.shape))\(element)\(role)"
  }
}

extension ModuleSummary {
  /// An adapter's container with a single module inside it as one: `factor.default`.
  fileprivate var shortened: (module: ModuleSummary, name: String) {
    guard kind == .container, tensors.isEmpty, children.count == 1, belongsToAdapter else {
      return (self, name)
    }
    let (inner, innerName) = children[0].shortened
    return (inner, "\(name).\(innerName)")
  }
}
