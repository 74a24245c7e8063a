import ArgumentParser
import Peft
import PeftBasics
import PeftReports
import PeftTokenizers

struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Show the tokens of a text, or the text of tokens.",
    discussion: """
      Without TEXT, standard input is read; bytes that are not UTF-8 count as U+FFFD. Several texts \
      are joined by spaces. Of a range in JSON and CSV, start and end count bytes of the text. On a \
      terminal control characters are spelled out; files and pipes get them as they are.

      EXAMPLES
        peft tokenize my-checkpoint 'Hello, world!'
        peft tokenize tokenizer.json --format json < story.txt
        peft tokenize bytes é
        peft tokenize my-checkpoint --decode 15496,11,995
      """)

  @Argument(help: "A checkpoint's folder, a tokenizer.json, or 'bytes'.")
  var tokenizer: String

  @Argument(help: "The text.")
  var text: [String] = []

  @OptionGroup var output: ReportOptions

  @Option(
    help: ArgumentHelp(
      "Show the text of these ids instead, separated by commas or spaces.", valueName: "ids"),
    transform: IDList.init)
  var decode: IDList?

  @Flag(help: "Leave out the special tokens around a text, and those among ids to decode.")
  var noSpecialTokens = false

  func validate() throws {
    guard decode == nil || text.isEmpty else {
      throw ValidationError("--decode takes ids and no TEXT.")
    }
  }

  func run() throws {
    let tokenizer = try Tokenizer(named: tokenizer)
    Terminal.warn(tokenizer.warnings)
    if let decode {
      let text = try tokenizer.decode(decode.ids, skippingSpecialTokens: noSpecialTokens)
      return try Terminal.write(data: text + "\n")
    }
    let text = text.isEmpty ? try Terminal.standardInput() : text.joined(separator: " ")
    let encoding = try tokenizer.encode(text, addingSpecialTokens: !noSpecialTokens)
    if let longest = tokenizer.longestText, encoding.tokens.count > longest {
      Terminal.warn([
        "\(encoding.tokens.count.grouped) tokens, but the model takes \(longest.grouped) (model_max_length)"
      ])
    }
    let report = try encoding.report(of: text, as: output.format, isStyled: Terminal.isStyled)
    try output.format == .table ? Terminal.write(report) : Terminal.write(data: report)
  }
}

/// `15496,11,995`
struct IDList {
  let ids: [Int]

  init(_ text: String) throws {
    ids = try text.split { ", \n\t[]".contains($0) }.map { part in
      guard let id = Int(part), id >= 0 else {
        throw ValidationError("'\(part)' is not an id, such as 995.")
      }
      return id
    }
  }
}
