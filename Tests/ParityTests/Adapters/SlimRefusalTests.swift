import Foundation
import Peft
import PeftTestSupport
import Testing

@Suite("Bases that cannot be taken out or put back") struct SlimRefusalTests {
  private static let basis = "base_model.randlora_A"

  /// What slim says of an adapter with one copy of its bases, after a change.
  private func refusal(
    of name: String = "llama-randlora-bases-once",
    settings: (inout [String: Any]) -> Void = { _ in },
    metadata: [String: String] = [:], _ change: (inout [String: Tensor]) -> Void
  ) throws -> String? {
    let adapter = try ChangedAdapter(name, settings: settings, metadata: metadata, change: change)
    let message = adapter.message { try adapter.folder.writeSlim(to: adapter.beside("slim")) }
    #expect(!FileManager.default.fileExists(atPath: adapter.beside("slim")))
    return message
  }

  @Test("A single entry that differs")
  func changedEntry() throws {
    #expect(
      try refusal { $0[Self.basis] = $0[Self.basis]?.replacing(50) { _ in 7 } } == """
        adapter: base_model.randlora_A is not what key 0 gives: 1 of 288 entries differs as \
        torch from 2.12 on draws, the first at [1, 0, 2]: 7.0 instead of 1.1171875
          fix: keep the adapter as it is, or use an unchanged copy of it
        """)
  }

  @Test("A minus before a zero, and what is no number")
  func bits() throws {
    let name = "gpt2-randlora-sparse-bases-once"
    let whole = try ChangedAdapter.tensors(in: Fixture.path("adapted/\(name)"))
    let zero = try #require(whole[Self.basis]?.floats().firstIndex(of: 0))
    let message = try refusal(of: name) { tensors in
      tensors[Self.basis] = tensors[Self.basis]?.replacing(zero) { -$0 }
    }
    #expect(message?.contains(": -0.0 instead of 0.0\n") == true, "\(message ?? "")")
    #expect(
      try refusal { $0[Self.basis] = $0[Self.basis]?.replacing(0) { _ in .nan } }?
        .contains("the first at [0, 0, 0]: nan instead of ") == true)
  }

  @Test("Bases of another key")
  func otherKey() throws {
    let message = try refusal(settings: { $0["projection_prng_key"] = 1 }, { _ in })
    #expect(
      message?.hasPrefix(
        "adapter: base_model.randlora_A is not what key 1 gives: ") == true)
    #expect(
      message?.hasSuffix(
        "\n  fix: keep the adapter as it is, or give it the configuration it was saved with")
        == true)
  }

  @Test("Bases of two generations of torch in one file")
  func mixed() throws {
    let earlier = try ChangedAdapter.tensors(
      in: Fixture.path("adapted/llama-randlora-bases-earlier"))
    let newer = try BasisSource.pair(like: earlier)
    let message = try refusal(of: "llama-randlora-bases-earlier") { tensors in
      for name in tensors.keys where name.hasSuffix("randlora_B") { tensors[name] = newer }
    }
    #expect(message?.contains("randlora_B is not what key 0 gives: ") == true, "\(message ?? "")")
  }

  @Test("Copies that differ")
  func copies() throws {
    let key = "base_model.model.model.layers.1.self_attn.q_proj.randlora_B"
    #expect(
      try refusal(of: "llama-randlora") { $0[key] = $0[key]?.replacing(9) { $0 + 1 } } == """
        adapter: base_model.randlora_B and \(key) should be the same, and are not
          fix: the file is damaged, or put together from two: use the one that was saved
        """)
  }

  @Test("One of two bases alone")
  func oneMissing() throws {
    #expect(
      try refusal { $0["base_model.randlora_B"] = nil } == """
        adapter: the file has base_model.randlora_A but not randlora_B
          fix: restore the adapter first, or use the file that was saved
        """)
  }

  @Test("Shapes that belong to no module")
  func shapes() throws {
    #expect(
      try refusal { $0[Self.basis] = $0[Self.basis]?.reshaped([1, 6, 48]) } == """
        adapter: randlora_A [1, 6, 48] and randlora_B [48, 8, 6] are the bases of no module \
        with these settings
          fix: give the adapter the configuration it was saved with
        """)
    #expect(
      try refusal(settings: { $0["r"] = Site.largestSize }, { _ in })?
        .contains("are the bases of no module") == true)
    #expect(
      try refusal { $0[Self.basis] = Tensor([Float](), shape: [1 << 31, 0, 48]) } == """
        adapter: randlora_A [2147483648, 0, 48] and randlora_B [48, 8, 6] are the bases of no \
        module with these settings
          fix: give the adapter the configuration it was saved with
        """)
  }

  @Test("Whole numbers")
  func integers() throws {
    #expect(
      try refusal { $0[Self.basis] = Tensor([Int](repeating: 1, count: 288), shape: [6, 1, 48]) }
        == """
        adapter: base_model.randlora_A is made of I64
          fix: use the file that was saved
        """)
  }

  @Test("Metadata that say otherwise")
  func metadata() throws {
    #expect(
      try refusal(metadata: ["bases.torch": "<=2.11"]) { _ in } == """
        adapter: the bases were drawn as torch up to 2.11 does, and otherwise the numbers would \
        be wrong
          fix: leave the choice of torch out
        """)
    #expect(
      try refusal(metadata: ["bases.sha256.randlora_B": "00"]) { _ in } == """
        adapter: randlora_B drawn from key 0 is not what the file's metadata say it was
          fix: give the adapter the configuration it was saved with
        """)
  }

  @Test("A place where a model is")
  func checkpoint() throws {
    let adapter = try ChangedAdapter("llama-randlora")
    let model = adapter.beside("model")
    try FileManager.default.copyItem(atPath: Fixture.path("checkpoints/gpt2"), toPath: model)
    let writes = [
      { try adapter.folder.writeSlim(to: model) }, { try adapter.folder.writeRestored(to: model) },
    ]
    for write in writes {
      #expect(
        adapter.message { _ = try write() } == """
          model: a model is there, not an adapter: it has config.json
            fix: choose another folder
          """)
    }
    #expect(!FileManager.default.fileExists(atPath: "\(model)/adapter_config.json"))
  }

  /// What restore says of an adapter whose bases were left out.
  private func restoring(
    _ name: String, metadata change: (inout [String: String]) -> Void = { _ in },
    settings: (inout [String: Any]) -> Void = { _ in }, generation: TorchGeneration? = nil,
    on graph: Graph? = nil
  ) throws -> String? {
    let whole = try ChangedAdapter(name)
    try whole.folder.writeSlim(to: whole.beside("slim"))
    let file = try SafetensorsFile(path: whole.beside("slim/adapter_model.safetensors"))
    var metadata = file.metadata
    change(&metadata)
    let slim = try ChangedAdapter(
      name,
      settings: { fields in
        fields["save_projection"] = false
        settings(&fields)
      }, metadata: metadata,
      change: { tensors in
        for name in tensors.keys where file.info(name) == nil { tensors[name] = nil }
      })
    let message = slim.message {
      try slim.folder.writeRestored(
        to: slim.beside("back"), generation: generation, on: graph)
    }
    #expect(FileManager.default.fileExists(atPath: slim.beside("back")) == (message == nil))
    return message
  }

  @Test("Another torch than the recorded one")
  func otherTorch() throws {
    let name = "llama-randlora-bases-earlier"
    #expect(
      try restoring(name, generation: .float) == """
        adapter: the bases were drawn as torch up to 2.11 does, and otherwise the numbers would \
        be wrong
          fix: leave the choice of torch out
        """)
    #expect(try restoring(name, generation: .bfloat16) == nil)
    // With the bases in the file, they tell themselves.
    let whole = try ChangedAdapter(name)
    #expect(
      whole.message {
        try whole.folder.writeRestored(to: whole.beside("back"), generation: .float)
      }?.contains("the bases were drawn as torch up to 2.11 does") == true)
  }

  @Test("What the file does not say and nobody else says")
  func unknown() throws {
    let name = "llama-randlora"
    #expect(
      try restoring(name, metadata: { $0["bases.torch"] = nil }) == """
        adapter: the file does not say which torch drew randlora_A and randlora_B
          fix: say whether it was torch from 2.12 on (newer) or up to 2.11 (older): the adapter was \
        trained with it
        """)
    #expect(
      try restoring(name, metadata: { $0 = [:] }, generation: .float) == """
        adapter: the file does not say which shapes randlora_A and randlora_B had
          fix: give the adapter's base model: a description is enough
        """)
    #expect(try restoring(name, metadata: { $0["bases.torch"] = nil }, generation: .float) == nil)
  }

  @Test("Digests that do not come out: other settings, another torch, another model")
  func digests() throws {
    let name = "llama-randlora"
    #expect(
      try restoring(name, settings: { $0["projection_prng_key"] = 5 }) == """
        adapter: randlora_A drawn from key 5 is not what the file's metadata say it was
          fix: give the adapter the configuration it was saved with
        """)
    #expect(
      try restoring(name, metadata: { $0["bases.torch"] = nil }, generation: .bfloat16)?
        .contains("is not what the file's metadata say it was") == true)
    let other = try Fixture.checkpoint("llama-tied").graph
    func forgetShapes(_ metadata: inout [String: String]) {
      metadata["bases.shape.randlora_A"] = nil
    }
    let message = try restoring(name, metadata: forgetShapes, on: other)
    #expect(
      message == """
        adapter: randlora_A drawn from key 0 is not what the file's metadata say it was
          fix: give the adapter the configuration it was saved with
        """)
  }

  @Test(
    "Shapes of more than any machine holds are refused before memory is taken",
    arguments: [
      (["[2147483648, 1, 2147483648]", "[2147483648, 1, 2147483648]"], nil),
      (["[9223372036854775807, 1, 9223372036854775807]", "[2, 2, 2]"], nil),
      (["[\(String(repeating: "1,", count: 80))1]", "[48, 10, 5]"], nil),
      (["[5, 1, 48]", "[-1, 2]"], "randlora_B"), (["[5, 1, 4e9]", "[48, 10, 5]"], "randlora_A"),
    ] as [([String], String?)])
  func huge(shapes: [String], unread: String?) throws {
    let message = try restoring(
      "llama-randlora",
      metadata: {
        $0["bases.shape.randlora_A"] = shapes[0]
        $0["bases.shape.randlora_B"] = shapes[1]
      })
    let shown = shapes.map { $0.replacing(/, ?/, with: ", ") }
    let expected =
      if let unread {
        """
        adapter: the file does not say which shapes \(unread) had
          fix: give the adapter's base model: a description is enough
        """
      } else {
        """
        adapter: randlora_A \(shown[0]) and randlora_B \(shown[1]) are the bases of no module \
        with these settings
          fix: give the adapter the configuration it was saved with
        """
      }
    #expect(message == expected)
    let large = try restoring(
      "llama-randlora",
      metadata: {
        $0["bases.shape.randlora_A"] = "[2097151, 1, 1024]"
        $0["bases.shape.randlora_B"] = "[1024, 1, 2097151]"
      }, settings: { $0["r"] = 2_097_151 })
    #expect(
      large == """
        adapter: randlora_A would have the shape [2097151, 1, 1024]
          fix: use an unchanged copy of the adapter
        """)
  }
}

extension BasisSource {
  /// The second of a pair of dense bases of key 0, as the current torch draws it.
  fileprivate static func pair(like tensors: [String: Tensor]) throws -> Tensor {
    let a = try #require(tensors.first { $0.key.hasSuffix("randlora_A") }).value
    let b = try #require(tensors.first { $0.key.hasSuffix("randlora_B") }).value
    var source = BasisSource()
    return try source.draw(
      RandomBasis(
        key: 0, precedingWords: a.count,
        distribution: .kaimingUniform(fan: b.shape[2], blocks: b.shape[1])), shape: b.shape)
  }
}
