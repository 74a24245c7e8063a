import Foundation
import PeftBasics
import PeftTestSupport
import Testing

@testable import PeftReports

@Suite("HTML pages") struct HTMLPageTests {
  @Test("The library has the files of Pages: Scripts/embed_files.py writes it anew")
  func embedded() throws {
    let folder = Repository.root.appending(path: "Pages")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(Set(PageTexts.all.keys) == Set(files))
    for name in files {
      #expect(PageTexts.all[name] == (try Repository.text("Pages/\(name)")), "\(name)")
    }
  }

  @Test("Names cannot end the element that they are in, and the page asks for nothing")
  func escaped() throws {
    let name = "</script><img src=x onerror=alert(1)>"
    let page = HTMLPage(.explorer, title: name, data: ["title": .text(name)]).text
    #expect(!page.contains("<img"))
    #expect(page.contains("<title>&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;</title>"))
    #expect(page.contains(#"{"title":"\u003c/script>\u003cimg src=x onerror=alert(1)>"}"#))
    #expect(page.contains("content=\"default-src 'none';"))
    for kind in [HTMLPage.Kind.explorer, .bakeoff] {
      let text = HTMLPage(kind, title: "", data: [:]).text
      #expect(!text.contains(/src\s*=|href\s*=|@import|url\(|fetch\(|XMLHttpRequest/))
      #expect(text.utf8.count < 100_000)
    }
  }
}
