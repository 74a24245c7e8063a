import Foundation
import ModelDescription
import PeftTestSupport
import Testing

@Suite("Bundled descriptions")
struct BundledModelsTests {
  @Test("The library has the files of Models: Scripts/embed_files.py writes it anew")
  func embedded() throws {
    let folder = Repository.root.appending(path: "Models")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    #expect(BundledModels.names == files)
    for name in files {
      #expect(
        BundledModels.text(of: name) == (try Repository.text("Models/\(name).yaml")), "\(name)")
    }
  }
}
