/// Where the boxes, frames and arrows of a drawing stand: rows from top to bottom, each frame a drawing of
/// its own with ports on its border for what enters and leaves it.
struct FlowLayout {
  struct Rectangle {
    var x, y, width, height: Double
  }

  /// A line from the bottom of one thing to the top of another, with the row's edges between which it may
  /// bend.
  struct Stroke {
    let from: (x: Double, y: Double)
    let to: (x: Double, y: Double)
    /// The edges of the rows, between which nothing stands.
    let bend: (from: Double, to: Double)
    let hasHead: Bool
    let isNext: Bool
  }

  /// What a block hands to the next one like it: around the frame, from the bottom to the top.
  struct Loop {
    let from: (x: Double, y: Double)
    let to: (x: Double, y: Double)
    let lane: Double
    let label: (x: Double, y: Double)
  }

  private(set) var boxes: [(box: FlowDrawing.Box, place: Rectangle)] = []
  private(set) var frames: [(frame: FlowDrawing.Frame, place: Rectangle)] = []
  private(set) var strokes: [Stroke] = []
  private(set) var loops: [Loop] = []
  private(set) var width = 0.0
  private(set) var height = 0.0

  init(_ drawing: FlowDrawing) {
    let whole = Level(drawing, frame: nil)
    (width, height) = (whole.width, whole.height)
    add(whole, x: 0, y: 0)
  }

  private mutating func add(_ level: Level, x: Double, y: Double) {
    for (box, place) in level.boxes { boxes.append((box, place.moved(x, y))) }
    for stroke in level.strokes { strokes.append(stroke.moved(x, y)) }
    for loop in level.loops { loops.append(loop.moved(x, y)) }
    for (inner, frame, place) in level.inner {
      frames.append((frame, place.moved(x, y)))
      add(inner, x: x + place.x, y: y + place.y)
    }
  }
}

extension FlowLayout {
  static let rowGap = 30.0
  static let columnGap = 18.0
  static let letterWidth = 7.2
  static let lineHeight = 15.0
  static let padding = 16.0
  static let title = 24.0

  /// The inside of a frame, or the whole drawing.
  struct Level {
    fileprivate enum Item: Hashable {
      case box(Int)
      case frame(Int)
      /// Where a line crosses the border: by the box outside that it comes from or goes to.
      case entry(String)
      case exit(String)
      case nextEntry
      case nextExit
      /// A place for a line in a row that it only passes: what it comes from, and the row.
      case passing(String, Int)
    }

    private(set) var width = 0.0
    private(set) var height = 0.0
    private(set) var boxes: [(box: FlowDrawing.Box, place: Rectangle)] = []
    private(set) var inner: [(level: Level, frame: FlowDrawing.Frame, place: Rectangle)] = []
    private(set) var strokes: [Stroke] = []
    private(set) var loops: [Loop] = []
    /// From the frame's left edge, by the box outside whose line enters, or inside whose line leaves.
    private var entries: [String: Double] = [:]
    private var exits: [String: Double] = [:]

    private var items: [Item] = []
    private var numbers: [Item: Int] = [:]
    private var sizes: [(width: Double, height: Double)] = []
    private var levels: [Int: Level] = [:]
    /// The ports that a loop uses in place of its own.
    private var loopPorts: [Item: Int] = [:]
    private var unused: Set<Int> = []

    init(_ drawing: FlowDrawing, frame: Int?) {
      let (arrows, inside) = collect(drawing, frame)
      let links = link(arrows, inside, drawing)
      let ranks = rank(links, isInput: drawing.boxes.map { $0.style == .input })
      place(links, ranks, drawing, isFrame: frame != nil)
    }

    // MARK: Items

    private mutating func number(_ item: Item, width: Double, height: Double) -> Int {
      if let known = numbers[item] { return known }
      items.append(item)
      sizes.append((width, height))
      numbers[item] = items.count - 1
      return items.count - 1
    }

    private mutating func collect(
      _ drawing: FlowDrawing, _ frame: Int?
    ) -> (arrows: [FlowDrawing.Arrow], inside: [String: Int]) {
      // Every box inside, also of inner frames, by the item that it is in here.
      var inside: [String: Int] = [:]
      func innerBoxes(_ number: Int) -> [String] {
        drawing.boxes(in: number).map(\.id)
          + drawing.frames(in: number).flatMap { innerBoxes($0.number) }
      }
      let frames = drawing.frames(in: frame)
      for (index, box) in drawing.boxes.enumerated() where box.frame == frame {
        let letters = Double(box.lines.map(\.count).max() ?? 0)
        inside[box.id] = number(
          .box(index), width: max(44, letters * FlowLayout.letterWidth + 18),
          height: Double(box.lines.count) * FlowLayout.lineHeight + 10)
      }
      for (index, _) in frames {
        let level = Level(drawing, frame: index)
        levels[index] = level
        let item = number(.frame(index), width: level.width, height: level.height)
        for id in innerBoxes(index) { inside[id] = item }
      }
      let arrows = drawing.arrows.filter { inside[$0.from] != nil || inside[$0.to] != nil }
      return (arrows, inside)
    }

    // MARK: Links

    private struct Link: Hashable {
      let from: Int
      let to: Int
      let fromPort: String?
      let toPort: String?
      let isNext: Bool
    }

    private mutating func link(
      _ arrows: [FlowDrawing.Arrow], _ inside: [String: Int], _ drawing: FlowDrawing
    ) -> [Link] {
      var links: [Link] = []
      var known: Set<Link> = []
      func add(_ link: Link) {
        if link.from != link.to, known.insert(link).inserted { links.append(link) }
      }
      for arrow in arrows {
        let (source, target) = (inside[arrow.from], inside[arrow.to])
        let isNext = arrow.label != nil
        if isNext, let source, let target {
          // It belongs to the innermost frame that has both.
          if source == target, case .frame = items[source] { continue }
          let (bottom, top) = (
            number(.nextExit, width: 1, height: 1), number(.nextEntry, width: 1, height: 1)
          )
          add(
            Link(
              from: source, to: bottom, fromPort: port(arrow.from, source), toPort: nil,
              isNext: true))
          add(Link(from: top, to: target, fromPort: nil, toPort: nil, isNext: true))
          continue
        }
        if isNext { continue }
        switch (source, target) {
        case (let source?, let target?):
          add(
            Link(
              from: source, to: target, fromPort: port(arrow.from, source),
              toPort: port(arrow.from, target), isNext: false))
        case (nil, let target?):
          let entry = number(.entry(arrow.from), width: 1, height: 1)
          add(
            Link(
              from: entry, to: target, fromPort: nil, toPort: port(arrow.from, target),
              isNext: false))
        case (let source?, nil):
          let exit = number(.exit(arrow.from), width: 1, height: 1)
          add(
            Link(
              from: source, to: exit, fromPort: port(arrow.from, source), toPort: nil,
              isNext: false))
        case (nil, nil): break
        }
      }
      return merged(links)
    }

    /// What a block hands to the next one enters like what the first of them is handed, and leaves like
    /// what the last one gives away.
    private mutating func merged(_ links: [Link]) -> [Link] {
      var links = links
      func ends(_ item: Int) -> Set<[String]> {
        Set(
          links.filter { $0.from == item || $0.to == item }.map {
            $0.from == item ? ["\($0.to)"] : ["\($0.from)", $0.fromPort ?? ""]
          })
      }
      for (item, isSame) in [
        (Item.nextEntry, \Item.isEntry), (Item.nextExit, \Item.isExit),
      ] {
        guard let next = numbers[item] else { continue }
        let own = ends(next)
        guard
          let other = items.indices.first(where: { items[$0][keyPath: isSame] && ends($0) == own })
        else { continue }
        loopPorts[item] = other
        links.removeAll { $0.from == next || $0.to == next }
        unused.insert(next)
      }
      return links
    }

    /// The name of a port, where the item is a frame.
    private func port(_ id: String, _ item: Int) -> String? {
      if case .frame = items[item] { id } else { nil }
    }

    // MARK: Rows

    private func rank(_ links: [Link], isInput: [Bool]) -> [Int] {
      var ranks = Array(repeating: 0, count: items.count)
      let hasTop = items.contains(where: \.isTop)
      if hasTop {
        for index in items.indices where !items[index].isTop { ranks[index] = 1 }
      }
      // Items come in an order in which they can be computed but for frames: until nothing changes.
      for _ in items.indices {
        var changed = false
        for link in links where ranks[link.to] <= ranks[link.from] && !items[link.to].isBottom {
          ranks[link.to] = ranks[link.from] + 1
          changed = true
        }
        guard changed else { break }
      }
      // What no input leads to, such as an adapter's update, stands just above what reads it; so does an
      // input.
      var rooted = Set(items.indices.filter { items[$0].isTop })
      for index in items.indices {
        if case .box(let number) = items[index], isInput[number] { rooted.insert(index) }
      }
      let sources = rooted
      for _ in items.indices {
        let more = links.filter { rooted.contains($0.from) && !rooted.contains($0.to) }.map(\.to)
        guard !more.isEmpty else { break }
        rooted.formUnion(more)
      }
      let free = items.indices.filter {
        !rooted.contains($0) || sources.contains($0) && !items[$0].isTop
      }
      for index in free.sorted(by: { (ranks[$1], $1) < (ranks[$0], $0) }) {
        let readers = links.filter { $0.from == index && !items[$0.to].isBottom }.map {
          ranks[$0.to]
        }
        if let first = readers.min() { ranks[index] = max(ranks[index], first - 1) }
      }
      let last = items.indices.filter { !items[$0].isBottom }.map { ranks[$0] }.max() ?? 0
      for index in items.indices where items[index].isBottom { ranks[index] = last + 1 }
      return ranks
    }

    // MARK: Places

    private mutating func place(
      _ links: [Link], _ ranks: [Int], _ drawing: FlowDrawing, isFrame: Bool
    ) {
      var ranks = ranks
      var lines: [RowPlacement.Line] = []
      var drawn: [(line: RowPlacement.Line, isNext: Bool)] = []
      var known: Set<RowPlacement.Line> = []
      func addLine(_ line: RowPlacement.Line, isNext: Bool) {
        guard known.insert(line).inserted else { return }
        lines.append(line)
        drawn.append((line, isNext))
      }
      for link in links {
        var (last, offset) = (link.from, offset(of: link.fromPort, at: link.from, isExit: true))
        let start = "\(link.from).\(link.fromPort ?? "")"
        for row in (ranks[link.from] + 1)..<max(ranks[link.from] + 1, ranks[link.to]) {
          let passing = number(.passing(start, row), width: 8, height: 0)
          if passing == ranks.count { ranks.append(row) }
          let isStraight = last != link.from
          addLine(
            RowPlacement.Line(
              from: last, to: passing, fromOffset: offset, isStraight: isStraight),
            isNext: link.isNext)
          (last, offset) = (passing, 0)
        }
        addLine(
          RowPlacement.Line(
            from: last, to: link.to, fromOffset: offset,
            toOffset: self.offset(of: link.toPort, at: link.to, isExit: false)),
          isNext: link.isNext)
      }
      var rows = Array(repeating: [Int](), count: (ranks.max() ?? 0) + 1)
      for index in items.indices where !unused.contains(index) { rows[ranks[index]].append(index) }
      let placement = RowPlacement(
        rows: rows, widths: sizes.map(\.width), lines: lines, gap: FlowLayout.columnGap)
      finish(placement, drawn, drawing, isFrame: isFrame)
    }

    private func offset(of port: String?, at item: Int, isExit: Bool) -> Double {
      guard let port, case .frame(let number) = items[item], let level = levels[number] else {
        return 0
      }
      let place = isExit ? level.exits[port] : level.entries[port]
      return place.map { $0 - level.width / 2 } ?? 0
    }

    private mutating func finish(
      _ placement: RowPlacement, _ drawn: [(line: RowPlacement.Line, isNext: Bool)],
      _ drawing: FlowDrawing, isFrame: Bool
    ) {
      let hasNext = numbers[.nextEntry] != nil
      let left = placement.extent.lowerBound - FlowLayout.padding
      width = placement.extent.upperBound - left + FlowLayout.padding + (hasNext ? 30 : 0)
      var y = isFrame ? FlowLayout.title : FlowLayout.padding
      var tops: [Double] = []
      var heights: [Double] = []
      for row in placement.rows {
        tops.append(y)
        heights.append(row.map { sizes[$0].height }.max() ?? 0)
        y += heights[heights.count - 1] + FlowLayout.rowGap
      }
      height = y - FlowLayout.rowGap + (isFrame ? 10 : FlowLayout.padding)
      var rowOf = Array(repeating: 0, count: items.count)
      for (row, members) in placement.rows.enumerated() {
        for member in members { rowOf[member] = row }
      }
      func middle(_ item: Int) -> Double { placement.middles[item] - left }
      func top(_ item: Int) -> Double {
        switch items[item] {
        case .entry, .nextEntry: 0
        case .exit, .nextExit: height
        case .passing: tops[rowOf[item]]
        default: tops[rowOf[item]] + (heights[rowOf[item]] - sizes[item].height) / 2
        }
      }
      func bottom(_ item: Int) -> Double {
        switch items[item] {
        case .entry, .nextEntry: 0
        case .exit, .nextExit: height
        case .passing: tops[rowOf[item]] + heights[rowOf[item]]
        default: top(item) + sizes[item].height
        }
      }
      for index in items.indices {
        let place = Rectangle(
          x: middle(index) - sizes[index].width / 2, y: top(index), width: sizes[index].width,
          height: sizes[index].height)
        switch items[index] {
        case .box(let number): boxes.append((drawing.boxes[number], place))
        case .frame(let number):
          if let level = levels[number] { inner.append((level, drawing.frames[number], place)) }
        case .entry(let id): entries[id] = middle(index)
        case .exit(let id): exits[id] = middle(index)
        default: break
        }
      }
      let spread = spreading(drawn.map(\.line), placement)
      for (number, (line, isNext)) in drawn.enumerated() {
        let (from, to) = (rowOf[line.from], rowOf[line.to])
        let isPassing = if case .passing = items[line.to] { true } else { false }
        strokes.append(
          Stroke(
            from: (middle(line.from) + line.fromOffset, bottom(line.from)),
            to: (
              middle(line.to) + line.toOffset + spread[number],
              isPassing ? bottom(line.to) : top(line.to)
            ),
            bend: (tops[from] + heights[from], tops[to]), hasHead: items[line.to].isBox,
            isNext: isNext))
      }
      if let entry = loopPorts[.nextEntry] ?? numbers[.nextEntry],
        let exit = loopPorts[.nextExit] ?? numbers[.nextExit]
      {
        loops.append(
          Loop(
            from: (middle(exit), height), to: (middle(entry), 0), lane: width - 14,
            label: (width - 18, height / 2)))
      }
    }

    /// Lets lines that end at one box end beside each other.
    private func spreading(
      _ lines: [RowPlacement.Line], _ placement: RowPlacement
    ) -> [Double] {
      var offsets = Array(repeating: 0.0, count: lines.count)
      for (item, members) in Dictionary(grouping: lines.indices, by: { lines[$0].to })
      where items[item].isBox && members.count > 1 {
        let sorted = members.sorted {
          (placement.middles[lines[$0].from] + lines[$0].fromOffset, $0)
            < (placement.middles[lines[$1].from] + lines[$1].fromOffset, $1)
        }
        let step = min(14, (sizes[item].width - 16) / Double(members.count))
        for (place, number) in sorted.enumerated() {
          offsets[number] = (Double(place) - Double(members.count - 1) / 2) * step
        }
      }
      return offsets
    }
  }
}

extension FlowLayout.Level.Item {
  fileprivate var isTop: Bool {
    switch self {
    case .entry, .nextEntry: true
    default: false
    }
  }

  fileprivate var isBottom: Bool {
    switch self {
    case .exit, .nextExit: true
    default: false
    }
  }

  fileprivate var isEntry: Bool { if case .entry = self { true } else { false } }
  fileprivate var isExit: Bool { if case .exit = self { true } else { false } }
  fileprivate var isBox: Bool { if case .box = self { true } else { false } }
}

extension FlowLayout.Rectangle {
  fileprivate func moved(_ x: Double, _ y: Double) -> Self {
    Self(x: self.x + x, y: self.y + y, width: width, height: height)
  }
}

extension FlowLayout.Stroke {
  fileprivate func moved(_ x: Double, _ y: Double) -> Self {
    Self(
      from: (from.x + x, from.y + y), to: (to.x + x, to.y + y),
      bend: (bend.from + y, bend.to + y), hasHead: hasHead, isNext: isNext)
  }
}

extension FlowLayout.Loop {
  fileprivate func moved(_ x: Double, _ y: Double) -> Self {
    Self(
      from: (from.x + x, from.y + y), to: (to.x + x, to.y + y), lane: lane + x,
      label: (label.x + x, label.y + y))
  }
}
