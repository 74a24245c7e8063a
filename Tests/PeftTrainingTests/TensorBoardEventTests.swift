import Foundation
import PeftTestSupport
import Testing

@testable import PeftTraining

@Suite("Events for TensorBoard") struct TensorBoardEventTests {
  @Test("Events are the bytes that the tensorboard package writes")
  func bytes() throws {
    let events = [
      TensorBoardEvent(wallTime: 1.7e9, content: .version),
      TensorBoardEvent(
        wallTime: 1.7e9 + 0.25,
        content: .scalars(
          [("train/loss", 2.5), ("train/learning_rate", 2e-4), ("train/grad_norm", 0.125)],
          step: 1)),
      TensorBoardEvent(
        wallTime: 1.7e9 + 12.5,
        content: .scalars([("eval/loss", .nan), ("eval/accuracy", 0.75)], step: 300)),
    ]
    #expect(try Data(events.flatMap(\.record)) == Fixture.bytes("events.tfevents"))
  }
}
