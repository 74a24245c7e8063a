import CPUCore
import Foundation
import Peft
import PeftTensors
import Testing

/// A fresh adapter's numbers, after the seed that PEFT had.
@Suite("Initial values are PEFT's") struct InitialValuesTests {
  static let rows =
    (try? Recorded.decode("random.json", as: InitialValuesRows.self))?.adapters ?? []

  @Test("All rows are replayed") func allRows() { #expect(Self.rows.count == 11) }

  @Test("Every tensor of a fresh adapter is the same, to the bit", arguments: rows)
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

struct InitialValuesRows: Decodable { let adapters: [InitialValuesRow] }

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
  /// FNV-1a with 64 bits over the bytes.
  fileprivate var digest: String {
    let hash = withUnsafeBytes { bytes in
      bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
