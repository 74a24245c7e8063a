import PeftTestSupport
import Testing

@testable import ModelDescription
@testable import ModelGraph

@Suite("Pictures of graphs") struct PictureTests {
  static let models = [
    "gpt2", "bert-base", "vit-b16", "t5-small", "llama-3.2-1b", "clip-vit-b32", "mlp",
    "albert-base",
  ]

  private typealias Rectangle = FlowLayout.Rectangle

  private func overlap(_ a: Rectangle, _ b: Rectangle) -> Bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
  }

  /// Points along a line: straight down, a bend between two rows, and straight down again.
  private func points(_ stroke: FlowLayout.Stroke) -> [(x: Double, y: Double)] {
    let (from, to, bend) = (stroke.from, stroke.to, stroke.bend)
    func between(_ a: Double, _ b: Double, _ share: Double) -> Double { a + (b - a) * share }
    let shares = stride(from: 0.1, through: 0.9, by: 0.1)
    return shares.map { (from.x, between(from.y, bend.from, $0)) }
      + shares.map { (between(from.x, to.x, $0), between(bend.from, bend.to, $0)) }
      + shares.map { (to.x, between(bend.to, to.y, $0)) }
  }

  @Test("No box lies on another one, and no line on a box", arguments: models)
  func overlaps(name: String) throws {
    let layout = FlowLayout(FlowDrawing(try ModelDescription(name).graph()))
    let boxes = layout.boxes
    for (index, a) in boxes.enumerated() {
      for b in boxes[(index + 1)...] {
        #expect(!overlap(a.place, b.place), "\(a.box.lines) and \(b.box.lines)")
      }
      #expect(a.place.x >= 0 && a.place.x + a.place.width <= layout.width)
      #expect(a.place.y >= 0 && a.place.y + a.place.height <= layout.height)
    }
    for stroke in layout.strokes {
      for point in points(stroke) {
        let hit = boxes.first {
          $0.place.x + 1 < point.x && point.x < $0.place.x + $0.place.width - 1
            && $0.place.y + 1 < point.y && point.y < $0.place.y + $0.place.height - 1
        }
        #expect(hit == nil, "\(hit?.box.lines ?? []) at \(point)")
      }
    }
    for frame in layout.frames {
      let own = boxes.filter { $0.box.frame != nil && overlap($0.place, frame.place) }
      #expect(!own.isEmpty, "\(frame.frame.title)")
    }
  }

  @Test("Every box of the drawing is in the picture, which is well-formed", arguments: models)
  func complete(name: String) throws {
    let graph = try ModelDescription(name).graph()
    let drawing = FlowDrawing(graph)
    let picture = try #require(SVGReader.read(graph.svg()))
    for box in drawing.boxes { #expect(box.lines.allSatisfy(picture.text.contains)) }
    for frame in drawing.frames { #expect(picture.text.contains(frame.title)) }
    #expect(picture.elements["rect"] == drawing.boxes.count + drawing.frames.count + 1)
    #expect(graph.svg() == graph.svg())
  }
}
