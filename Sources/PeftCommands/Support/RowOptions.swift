import ArgumentParser
import Peft
import PeftBasics

/// `--file`, where rows may also be words of the command line or lines of standard input.
struct RowOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The rows: a file of data, a pattern of files, or a folder.", valueName: "file"))
  var file: String?

  var paths: [String] { file.map { [$0] } ?? [] }

  func validate(with texts: [String]) throws {
    guard file == nil || texts.isEmpty else {
      throw ValidationError("Give either texts or --file.")
    }
  }

  /// - Throws: `InputError` where standard input cannot be read.
  func input(_ texts: [String]) throws -> RowInput {
    if let file { return .files([file]) }
    guard texts.isEmpty else { return .texts(texts) }
    return .lines(try Terminal.standardInputFile(), called: "standard input")
  }
}

/// Templates and tokenizer of texts, in the words of a recipe.
struct TextFlags: ParsableArguments {
  @Option(help: "The tokenizer: a checkpoint's folder, a tokenizer.json, or bytes.")
  var tokenizer: String?

  @Option(
    help: ArgumentHelp(
      "Template of the text, with a row's fields in braces.", valueName: "template"))
  var text: String?

  @Option(help: ArgumentHelp("Longest sequence, in tokens.", valueName: "tokens"))
  var sequenceLength: Int?

  func validate() throws {
    guard sequenceLength.map({ $0 >= 1 }) ?? true else {
      throw ValidationError("--sequence-length takes a number from 1 on.")
    }
  }

  var settings: DataSettings {
    DataSettings(train: [], tokenizer: tokenizer, text: text)
  }
}

/// Where rows are written: a file, atomically, or standard output.
struct RowOutput {
  private let path: String?
  private let count: Int

  init(_ path: String?, count: Int) {
    self.path = path
    self.count = count
  }

  /// - Parameter body: Given what to tell how many rows are done, and what to write pieces with.
  func write(
    _ body: (_ watch: (Int) -> Void, _ write: (String) throws -> Void) throws -> Void
  ) throws {
    guard let path else {
      // A status line would be among the rows.
      let watch: (Int) -> Void = Terminal.isShown ? { _ in } : { Self.show($0, of: count) }
      try body(watch) { try Terminal.write($0) }
      return Terminal.isShown ? () : Terminal.status("")
    }
    try FileWriter.write(to: path) { sink in
      try body({ Self.show($0, of: count) }) { try sink.append(Array($0.utf8)) }
    }
    Terminal.status("")
    Terminal.note("wrote \(path): \(count.counted("row"))")
  }

  /// Says how many rows are done, now and then.
  static func show(_ done: Int, of count: Int) {
    guard done.isMultiple(of: 64) || done == count else { return }
    Terminal.status("\(done.grouped) of \(count.counted("row"))")
  }
}
