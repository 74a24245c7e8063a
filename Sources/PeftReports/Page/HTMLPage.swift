package import PeftBasics

/// An HTML page that draws its data by itself: one file, which asks nothing of any network.
///
/// Its parts are files of `Pages`, which `Scripts/embed_files.py` writes into the library.
package struct HTMLPage {
  package enum Kind: String {
    /// Budgets of tuners on models, over ranks.
    case explorer
    /// Runs of a bake-off.
    case bakeoff
  }

  private let kind: Kind
  private let title: String
  private let data: JSONValue

  /// - Parameters:
  ///   - data: What the page's script reads; `Pages` say how it is made up.
  package init(_ kind: Kind, title: String, data: JSONValue) {
    (self.kind, self.title, self.data) = (kind, title, data)
  }

  private static let shared = ["axis.js", "marks.js", "chart.js", "table.js", "page.js"]

  /// Scripts and styles of the page itself, and nothing else.
  private static let policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

  package var text: String {
    let scripts = (Self.shared + ["\(kind.rawValue).js"]).map { PageTexts.all[$0] ?? "" }
    // Data cannot end their element.
    let json = data.text(.compact).replacing("<", with: "\\u003c")
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
      <title>\(SVGText.escaped(title))</title>
      <style>
      \(PageTexts.all["page.css"] ?? "")
      </style>
      </head>
      <body>
      <main></main>
      <noscript>This page draws its charts and tables with JavaScript, which is switched off.</noscript>
      <script type="application/json" id="data">\(json)</script>
      <script>
      \(scripts.joined(separator: "\n"))
      </script>
      </body>
      </html>

      """
  }

  /// Writes the page to a file.
  package func write(to path: String) throws(FileWriteError) {
    try FileWriter.write(text, to: path)
  }
}

/// A column of a page's data.
package struct PageColumn {
  package enum Kind: String {
    case count, bytes, seconds, number, percent
  }

  package let key: String
  package let name: String
  package let kind: Kind
  /// What it is, in a few words.
  package let words: String
  /// Whether more of it is better; nil where that is no question.
  package let isHigherBetter: Bool?

  package init(
    _ key: String, _ name: String, _ kind: Kind, words: String = "", isHigherBetter: Bool? = nil
  ) {
    (self.key, self.name, self.kind, self.words) = (key, name, kind, words)
    self.isHigherBetter = isHigherBetter
  }

  package var json: JSONValue {
    [
      "key": .text(key), "name": .text(name), "kind": .text(kind.rawValue), "words": .text(words),
      "better": isHigherBetter.map { .text($0 ? "high" : "low") } ?? .null,
    ]
  }
}
