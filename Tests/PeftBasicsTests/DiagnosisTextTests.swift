import ModelGraph
import PeftBasics
import Testing

@Suite("Diagnoses as text") struct DiagnosisTextTests {
  private struct Mistake: Diagnosis, Hashable {
    var problem = "r is 9"
    var fix: String? = "choose 8"
    var lines: [String] = []
    var place: DiagnosisPlace?

    var words: (problem: String, fix: String?) { (problem, fix) }
    var details: [String] { lines }
  }

  /// An error that knows nothing of diagnoses.
  private struct Stranger: Error, CustomStringConvertible {
    var description: String { "the\tdisk\nis full" }
  }

  private static let source = SourceFile(path: "m.yaml", text: "name: m\nr: $rank\n")
  private static let range = SourceRange(file: source, from: 11, to: 16)

  private func error(_ error: any Error) -> String { DiagnosisText(error, label: .error).text }

  @Test(
    "The label stands between the place and the problem, and a description has none",
    arguments: [
      (nil, ""),
      (DiagnosisPlace.file("a.npy"), "a.npy: "),
      (.file("a.jsonl", line: 3), "a.jsonl:3: "),
      (.file("tokenizer.json", part: "model.vocab"), "tokenizer.json: model.vocab: "),
      (.file("a.json", line: 3, part: "r"), "a.json:3: r: "),
      (.argument("--rank"), "--rank: "),
      (.within("lora", .file("w.safetensors")), "lora: w.safetensors: "),
    ])
  func places(place: DiagnosisPlace?, shown: String) {
    let mistake = Mistake(place: place)
    #expect(mistake.description == "\(shown)r is 9\n  fix: choose 8")
    #expect("\(mistake)" == mistake.description)
    #expect(error(mistake) == "\(shown)error: r is 9\n  fix: choose 8")
    #expect(
      DiagnosisText(mistake, label: .warning).text == "\(shown)warning: r is 9\n  fix: choose 8")
    #expect(
      DiagnosisText(mistake, label: .error, isColoured: true).text
        == "\(shown)\u{1B}[1;31merror:\u{1B}[0m r is 9\n  fix: choose 8")
    #expect(DiagnosisText(mistake, label: .error, hasFix: false).text == "\(shown)error: r is 9")
  }

  @Test("A place in a text is shown with its line, a mark and a note, before the details")
  func excerpt() {
    let place = DiagnosisPlace.source(Self.range, note: "rank = 9")
    let excerpt = "    2 | r: $rank\n      |    ^~~~~ rank = 9"
    let mistake = Mistake(lines: ["  a: 1", "  b: 2"], place: place)
    #expect(
      error(mistake) == "m.yaml:2:4: error: r is 9\n\(excerpt)\n  a: 1\n  b: 2\n  fix: choose 8")
    #expect(
      error(Mistake(place: .within("lora", place)))
        == "lora: m.yaml:2:4: error: r is 9\n\(excerpt)\n  fix: choose 8")
  }

  @Test("A diagnosis without a fix ends with what is wrong")
  func noFix() {
    #expect(error(Mistake(fix: nil)) == "error: r is 9")
    #expect(error(Mistake(fix: nil, lines: ["  a"])) == "error: r is 9\n  a")
  }

  @Test("A fix may have several lines, such as a command")
  func longFix() {
    #expect(error(Mistake(fix: "run\n  make")) == "error: r is 9\n  fix: run\n  make")
  }

  @Test("Every mistake of a list has its label, and twenty are shown")
  func list() {
    let one = "error: r is 9\n  fix: choose 8"
    #expect(error(Diagnoses([Mistake()])) == one)
    #expect(
      error(Diagnoses([Mistake(), Mistake(problem: "b")])) == "\(one)\nerror: b\n  fix: choose 8")
    func shown(_ count: Int) -> [Substring] {
      error(Diagnoses([Mistake](repeating: Mistake(fix: nil), count: count))).split(separator: "\n")
    }
    #expect(shown(20) == [Substring](repeating: "error: r is 9", count: 20))
    #expect(shown(21).count == 21 && shown(21).last == "… and 1 more error")
    #expect(shown(22).count == 21 && shown(22).last == "… and 2 more errors")
    #expect(Diagnoses([Mistake()]).description == "r is 9\n  fix: choose 8")
  }

  @Test("Control characters are spelled out wherever they come from")
  func controlCharacters() {
    let bad = "a\u{1B}[31m\u{202E}"
    let seen = #"a\u{1b}[31m\u{202e}"#
    for place in [DiagnosisPlace.file(bad), .argument(bad), .within(bad, .file("b"))] {
      #expect(error(Mistake(place: place)).hasPrefix(seen))
      #expect(!error(Mistake(place: place)).unicodeScalars.contains("\u{1B}"))
    }
    // A line break in a name cannot start a line that looks like another message.
    #expect(
      error(Mistake(place: .file("a\nerror: b"))) == #"a\u{a}error: b: error: r is 9"#
        + "\n  fix: choose 8")
    #expect(
      error(Mistake(problem: bad, fix: bad, lines: [bad]))
        == "error: \(seen)\n\(seen)\n  fix: \(seen)")
    let file = SourceFile(path: "m.yaml", text: bad)
    let range = SourceRange(file: file, from: 0, to: 1)
    #expect(
      error(Mistake(place: .source(range, note: bad)))
        == "m.yaml:1:1: error: r is 9\n    1 | a\u{FFFD}[31m\u{FFFD}\n      | ^ \(seen)\n  fix: choose 8"
    )
  }

  @Test("An error that is no diagnosis says what it says")
  func stranger() {
    #expect(error(Stranger()) == "error: the\\u{9}disk\nis full")
    #expect(AnyDiagnosis(Stranger()).problem == "the\tdisk\nis full")
  }

  @Test("A diagnosis at a place keeps its cause, whose own place comes before the problem")
  func located() {
    let mistake = Mistake(lines: ["  a"], place: .file("t.yaml"))
    let located = DescriptionError(mistake, at: .argument("--tuner"))
    #expect(error(located) == "--tuner: error: t.yaml: r is 9\n  a\n  fix: choose 8")
    #expect(located.cause as? Mistake == mistake)
    #expect(located.range == nil)
    #expect(DescriptionError(mistake, at: Self.range).range == Self.range)
    #expect(error(DescriptionError(Mistake(), path: nil)) == "error: r is 9\n  fix: choose 8")
  }

  @Test("Any error can be kept as a diagnosis, also the first of several")
  func anyDiagnosis() {
    let mistake = Mistake(lines: ["  a"], place: .file("t.yaml"))
    let copy = AnyDiagnosis(mistake)
    #expect(copy == AnyDiagnosis(mistake) && copy != AnyDiagnosis(Mistake()))
    #expect(Set([copy, AnyDiagnosis(mistake)]).count == 1)
    #expect(copy.description == mistake.description)
    #expect(AnyDiagnosis(Diagnoses([mistake])) == copy)
    let several = AnyDiagnosis(Diagnoses([mistake, Mistake(), Mistake()]))
    #expect(several.details == ["  a", "… and 2 more errors"])
    #expect(several.summary == "t.yaml: r is 9")
  }
}
