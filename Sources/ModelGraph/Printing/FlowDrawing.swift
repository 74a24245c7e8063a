/// What a picture of a graph's data flow shows: boxes, arrows and frames, in no language yet.
struct FlowDrawing {
  struct Box {
    enum Style: String, CaseIterable { case input, output, operation, trained, frozen }
    let id: String
    let style: Style
    let lines: [String]
    /// The frame it is in; nil for none.
    let frame: Int?
    /// Whether it may be left out.
    var isOptional = false
  }

  struct Arrow: Hashable {
    let from: String
    let to: String
    /// What a block hands to the next one like it has a word on it.
    var label: String?
  }

  /// A frame around a block that stands for several.
  struct Frame {
    let id: String
    let title: String
    let parent: Int?
  }

  private(set) var boxes: [Box] = []
  private(set) var arrows: [Arrow] = []
  private(set) var frames: [Frame] = []
  private let graph: Graph
  private let folding: BlockFolding

  init(_ graph: Graph) {
    self.graph = graph
    folding = BlockFolding(graph)
    addFrames()
    addInputs()
    addOperations()
    addOutputs()
  }

  /// The boxes directly in a frame, or in none.
  func boxes(in frame: Int?) -> [Box] { boxes.filter { $0.frame == frame } }

  /// The frames directly in a frame, or in none, with their numbers.
  func frames(in parent: Int?) -> [(number: Int, frame: Frame)] {
    frames.enumerated().filter { $0.element.parent == parent }.map { ($0.offset, $0.element) }
  }

  private mutating func addFrames() {
    frames = folding.runs.enumerated().map { index, run in
      let count = run.blocks.count
      let list = run.list.isEmpty ? graph.name : run.list
      let isWhole = count == graph.modules.children(of: run.list).count
      let names = [run.blocks.first, run.blocks.last].compactMap { $0 }.map {
        String(Module(path: $0, kind: .container).name)
      }
      let range = isWhole ? "" : "[\(names.joined(separator: "-"))]"
      return Frame(id: "frame\(index)", title: "\(list)\(range) × \(count)", parent: run.parent)
    }
  }

  private mutating func addInputs() {
    for (index, input) in graph.inputs.enumerated() {
      let type = graph[input.value].type
      boxes.append(
        Box(
          id: "input\(index)", style: .input, lines: [input.name, "\(type)"], frame: nil,
          isOptional: input.isOptional))
    }
  }

  private mutating func addOutputs() {
    for (index, output) in graph.outputs.enumerated() {
      let id = "output\(index)"
      boxes.append(
        Box(
          id: id, style: .output, lines: [output.name, "\(graph[output.value].type)"], frame: nil))
      if let source = box(making: output.value) { arrows.append(Arrow(from: source, to: id)) }
    }
  }

  private mutating func addOperations() {
    var drawn: Set<Parameter.ID> = []
    var known: Set<Arrow> = []
    for (index, node) in graph.nodes.enumerated() where folding.representatives[index] == index {
      addBox(of: node, index)
      for operand in node.operands {
        if let id = graph.parameter(readBy: operand), drawn.insert(id).inserted {
          addBox(of: id, readBy: index)
        }
        guard let source = box(making: operand) else { continue }
        let arrow = Arrow(from: source, to: "node\(index)")
        if known.insert(arrow).inserted { arrows.append(arrow) }
      }
    }
    for recurrence in folding.recurrences {
      arrows.append(
        Arrow(from: "node\(recurrence.source)", to: "node\(recurrence.target)", label: "next"))
    }
  }

  private mutating func addBox(of node: Node, _ index: Int) {
    let frame = folding.runOfNode[index]
    var lines = [node.operation.name]
    let module = shortened(node.module, in: frame)
    if !module.isEmpty { lines.append(module) }
    lines.append(shapes(of: node.results))
    boxes.append(Box(id: "node\(index)", style: .operation, lines: lines, frame: frame))
  }

  /// Draws an adapter's parameter; the model's own are left out.
  private mutating func addBox(of id: Parameter.ID, readBy node: Int) {
    let parameter = graph[id]
    let style: Box.Style
    switch parameter.role {
    case .base, .buffer: return
    case .adapter: style = .trained
    case .frozenBasis: style = .frozen
    }
    let readerFrame = folding.runOfNode[node]
    let frame = readerFrame.flatMap { run in
      parameter.name.relative(to: folding.runs[run].blocks[0]) == parameter.name ? nil : run
    }
    boxes.append(
      Box(
        id: "parameter\(id.index)", style: style,
        lines: [shortened(parameter.name, in: frame, parts: 4), "\(Shape(parameter.shape))"],
        frame: frame))
  }

  private func box(making value: Value.ID) -> String? {
    switch graph[value].source {
    case .input(let index): "input\(index)"
    case .parameter(let id): graph[id].role.isOfBase ? nil : "parameter\(id.index)"
    case .node(let index, _): "node\(folding.representatives[index])"
    }
  }

  /// A path within its frame, or its last parts where it is in none.
  private func shortened(_ path: String, in frame: Int?, parts: Int = 3) -> String {
    if let frame {
      let block = folding.runs[frame].blocks[0]
      let rest = path.relative(to: block)
      if path == block { return "" }
      if rest != path { return String(rest.dropFirst()) }
    }
    let components = path.split(separator: ".", omittingEmptySubsequences: false)
    return components.suffix(parts).joined(separator: ".")
  }

  private func shapes(of values: [Value.ID]) -> String {
    let shapes = values.map { graph[$0].type.shape }
    guard let first = shapes.first else { return "" }
    if shapes.count == 1 { return "\(first)" }
    if shapes.allSatisfy({ $0 == first }) { return "\(shapes.count) × \(first)" }
    return shapes.map(\.description).joined(separator: " ")
  }
}
