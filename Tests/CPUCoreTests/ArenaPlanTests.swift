import PeftTestSupport
import Testing

@testable import CPUCore

@Suite("Working memory") struct ArenaPlanTests {
  private typealias Buffer = ArenaPlan.Buffer

  @Test("Buffers that live at different times share their place")
  func sharing() {
    let plan = ArenaPlan([
      Buffer(byteCount: 640, first: 0, last: 1), Buffer(byteCount: 640, first: 2, last: 3),
    ])
    #expect(plan.offsets == [0, 0])
    #expect(plan.byteCount == 640)
  }

  @Test("Buffers that one step needs both lie apart")
  func apart() {
    let plan = ArenaPlan([
      Buffer(byteCount: 100, first: 0, last: 2), Buffer(byteCount: 640, first: 2, last: 3),
    ])
    #expect(plan.offsets == [640, 0])
    #expect(plan.byteCount == 768)
  }

  @Test("One that takes another's place keeps it alive")
  func replacing() {
    let plan = ArenaPlan([
      Buffer(byteCount: 64, first: 0, last: 1),
      Buffer(byteCount: 64, first: 1, last: 5, replaced: 0),
      Buffer(byteCount: 64, first: 3, last: 4),
    ])
    #expect(plan.offsets[1] == plan.offsets[0])
    #expect(plan.offsets[2] != plan.offsets[0])
  }

  @Test(
    "No two buffers of overlapping lives overlap in bytes, whatever they are", arguments: 0..<20)
  func disjoint(seed: Int) {
    var random = RandomNumbers(seed: seed)
    let buffers = (0..<60).map { _ in
      let first = random.whole(below: 40)
      return Buffer(
        byteCount: 1 + random.whole(below: 5000), first: first,
        last: first + random.whole(below: 12))
    }
    let plan = ArenaPlan(buffers)
    for (a, first) in buffers.enumerated() {
      for (b, second) in buffers.enumerated() where a < b {
        guard (first.first...first.last).overlaps(second.first...second.last) else { continue }
        let ranges = [
          plan.offsets[a]..<plan.offsets[a] + first.byteCount,
          plan.offsets[b]..<plan.offsets[b] + second.byteCount,
        ]
        #expect(!ranges[0].overlaps(ranges[1]))
      }
    }
    #expect(plan.byteCount < buffers.reduce(0) { $0 + $1.byteCount + 63 })
  }
}
