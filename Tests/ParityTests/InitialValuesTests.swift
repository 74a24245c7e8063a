import CPUCore
import Peft
import PeftTensors
import PeftTestSupport
import Testing

/// A fresh adapter's numbers, after the seed that PEFT had.
@Suite("Initial values are PEFT's") struct InitialValuesTests {
  @Test(
    "Every tensor of a fresh adapter is the same, to the bit",
    arguments: try Fixture.rows(
      "random.json", at: "adapters", as: InitialValuesRow.self, exactly: 11))
  func tensors(row: InitialValuesRow) throws {
    let graph = try row.model.adapted().graph()
    var initial = InitialValues(seed: row.seed)
    let values = try initial.fill(graph) { $0.role != .base }
    let digests = values.map { (graph[$0.key].name, $0.value.digest) }
    #expect(Dictionary(uniqueKeysWithValues: digests) == row.tensors)
    // The generator goes on where PEFT's does.
    var generator = initial.generator
    #expect(row.following.map { _ in generator.word() & 0xFF_FFFF } == row.following)
  }
}

/// An adapter right after it was made: digests by name, and what the generator drew next.
struct InitialValuesRow: Decodable, CustomStringConvertible {
  let model: SmallModel
  let seed: Int
  let following: [UInt32]
  let tensors: [String: String]

  private enum CodingKeys: String, CodingKey { case seed, following, tensors }

  init(from decoder: any Decoder) throws {
    model = try SmallModel(from: decoder)
    let row = try decoder.container(keyedBy: CodingKeys.self)
    seed = try row.decode(Int.self, forKey: .seed)
    following = try row.decode([UInt32].self, forKey: .following)
    tensors = try row.decode([String: String].self, forKey: .tensors)
  }

  var description: String { "\(model), seed \(seed)" }
}

extension Tensor {
  fileprivate var digest: String { withUnsafeBytes { fnv1a($0) } }
}
