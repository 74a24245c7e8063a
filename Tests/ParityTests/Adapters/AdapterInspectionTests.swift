import Foundation
import Peft
import PeftBasics
import PeftTestSupport
import Testing

@Suite("Looking into adapters") struct AdapterInspectionTests {
  @Test(
    "Without the base model, the file says what PEFT counts",
    arguments: try RecordedAdapter.all())
  func counts(adapter: RecordedAdapter) throws {
    let inspection = try AdapterFolder(adapter.path).inspection()
    #expect(inspection.trainedParameters == adapter.trainable)
    #expect(inspection.contents.allSatisfy { $0.purpose != nil })
    #expect(inspection.headerBytes > 0)
    let size = try FileManager.default.attributesOfItem(
      atPath: "\(adapter.path)/adapter_model.safetensors")[.size]
    #expect(inspection.fileBytes == size as? Int)
    #expect(inspection.baseModel == adapter.checkpoint)
  }

  @Test(
    "Modules and purposes are those found with the base model", arguments: try RecordedAdapter.all()
  )
  func purposes(adapter: RecordedAdapter) throws {
    let folder = try AdapterFolder(adapter.path)
    let inspection = try folder.inspection()
    let (base, weights) = try (adapter.base(), folder.weights(for: adapter.base()))
    #expect(
      Set(inspection.modules) == Set(weights.adapter.updates.map(\.site.path)))
    let contents = AdapterContents(asWrittenByPEFT: weights.adapter, of: base.graph)
    for purpose in AdapterContents.Purpose.allCases where purpose != .basis {
      #expect(
        inspection.contents.first { $0.purpose == purpose }?.tensors ?? 0
          == contents.items.count { $0.purpose == purpose }, "\(purpose)")
    }
  }

  @Test(
    "Where bases come from, and how often they are there",
    arguments: [
      ("llama-randlora", 15, AdapterInspection.Origin.key(.float)),
      ("llama-randlora-bases-once", 1, .key(.float)),
      ("llama-randlora-bases-by-module", 6, .key(.float)),
      ("llama-randlora-bases-earlier", 5, .key(.bfloat16)),
      ("gpt2-randlora-sparse-bases-once", 1, .key(nil)),
      ("llama-randlora-unsaved", 0, .unknown),
    ])
  func origins(name: String, copies: Int, origin: AdapterInspection.Origin) throws {
    let bases = try #require(try ChangedAdapter(name).folder.inspection().bases)
    #expect(bases.names == ["randlora_A", "randlora_B"])
    #expect(bases.copies == copies)
    #expect(bases.origin == origin)
  }

  @Test("A tuner without bases has none to report")
  func lora() throws {
    let inspection = try ChangedAdapter("gpt2-lora").folder.inspection()
    #expect(inspection.bases == nil)
    #expect(try !inspection.report(as: .table).contains("bases"))
  }

  @Test("The sizes that are promised are those of the files that are then written")
  func sizes() throws {
    for name in ["llama-randlora", "gpt2-randlora-sparse-bases-once"] {
      let adapter = try ChangedAdapter(name)
      let before = try #require(try adapter.folder.inspection().bases)
      let slim = adapter.beside("slim")
      try adapter.folder.writeSlim(to: slim)
      let recorded = try #require(try AdapterFolder(slim).inspection().bases)
      #expect(recorded.projection == AdapterContents.Projection.none)
      #expect(before.fileBytes[.none] == recorded.fileBytes[.none])
      for projection in [AdapterContents.Projection.shared, .perModule] {
        let path = adapter.beside(projection.rawValue)
        let written = try AdapterFolder(slim).writeRestored(to: path, projection: projection)
        let after = try AdapterFolder(path)
        #expect(written.bytesAfter == after.byteCount)
        #expect(recorded.fileBytes[projection] == after.byteCount)
        if before.projection != projection {
          #expect(before.fileBytes[projection] == after.byteCount)
        }
        #expect(try after.inspection().bases?.projection == projection)
      }
    }
  }

  @Test("Spoilt bases are said to be so, with the sizes that are still possible")
  func spoilt() throws {
    let key = "base_model.model.model.layers.0.mlp.down_proj.randlora_A"
    let adapter = try ChangedAdapter("llama-randlora") { tensors in
      tensors[key] = tensors[key]?.replacing(3) { -$0 }
      tensors["base_model.model.stray"] = Tensor([1 as Float], shape: [1])
    }
    let inspection = try adapter.folder.inspection()
    let problem = "base_model.randlora_A and \(key) should be the same, and are not"
    #expect(inspection.bases?.origin == .other(problem))
    #expect(inspection.bases?.fileBytes == [.perModule: inspection.fileBytes])
    #expect(
      inspection.warnings == ["the configuration does not explain base_model.model.stray", problem])
    #expect(inspection.contents.last?.purpose == nil)
    let table = try inspection.report(as: .table)
    #expect(table.contains("\nrandlora_A, randlora_B: not from the key\n"))
    #expect(table.contains("they cannot be left out"))
    #expect(table.contains("\nnot explained "))
  }

  @Test("A table for people")
  func table() throws {
    let inspection = try AdapterFolder(
      Fixture.path("adapted/llama-randlora-bases-earlier")
    ).inspection()
    let text = try inspection.report(as: .table)
    let start = try #require(text.firstIndex(of: "\n"))
    #expect(
      text[start...] == """

        tuner       RANDLORA
        settings    r=5, randlora_alpha=15
        PEFT        0.21.2
        base model  llama-grouped
        targets     down_proj, q_proj
        trained     1,620 parameters in 4 modules
        modules     model.layers.*.mlp.down_proj × 2
                    model.layers.*.self_attn.q_proj × 2

        in the file  tensors  entries   bytes   share
        trained            8    1,620   6,480   10.5%
        bases             10   13,200  52,800   85.9%
        header                          2,192   3.57%
        all                            61,472  100.0%

          bases             file bytes  with
        randlora_A, randlora_B: drawn as torch up to 2.11 does
          not in it              7,792  peft adapter slim, saves 53.7 kB
          once                  18,520  peft adapter restore, saves 43.0 kB
          for every module      61,472  as it is

        """)
  }

  @Test("The same for documents and for programs")
  func otherFormats() throws {
    let inspection = try AdapterFolder(
      Fixture.path("adapted/bert-randlora-bias-all")
    ).inspection()
    let markdown = try inspection.report(as: .markdown)
    #expect(markdown.contains("| repeated without need |"))
    #expect(markdown.contains("**randlora\\_A, randlora\\_B: drawn as torch from 2.12 on does**"))
    let lines = try inspection.report(as: .csv).split(separator: "\r\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("adapter,tuner,settings,peft_version,base_model,target_modules,"))
    #expect(
      lines[1].hasSuffix(
        ",0.21.2,bert-classifier,\"[\"\"query\"\"]\",1515,29388,3848,2,2624,19440,740,2696,40,0,3,key,"
          + ">=2.12,,9508,16156,29388"))
    let json = try JSONSerialization.jsonObject(
      with: Data(inspection.report(as: .json).utf8))
    let record = try #require(json as? [String: Any])
    #expect(record["trained_parameters"] as? Int == 1515)
    let bases = try #require(record["bases"] as? [String: Any])
    #expect(bases["torch"] as? String == ">=2.12")
    #expect(bases["copies"] as? Int == 3)
    #expect(
      bases["file_bytes"] as? [String: Int] == ["none": 9508, "shared": 16156, "per-module": 29388])
    let contents = try #require(record["contents"] as? [String: [String: Int]])
    #expect(contents["repeated"]?["tensors"] == 2)
  }
}
