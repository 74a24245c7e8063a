import ArgumentParser
import ModelDescription
import Peft
import PeftTestSupport
import PeftTraining
import Testing

@testable import PeftCommands

/// Help uses the field's own terms, which an engineer can search for.
@Suite("Words of the help") struct HelpWordsTests {
  /// Paraphrases, and the terms that they stand for.
  private static let terms: KeyValuePairs = [
    "no number": "NaN",
    "how far a step": "learning rate",
    "random numbers come from": "random seed",
    "of random numbers": "random, or Gaussian",
    "from random numbers": "initialised at random",
    "model's numbers": "weights",
    "model's own numbers": "weights",
    "base's numbers": "weights",
    "frozen numbers": "frozen bases",
    "a quotient": "epsilon, added to the denominator",
    "gradients up": "gradient accumulation",
    "what is learnt": "target text",
    "does not count for": "masked from",
    "intermediate values": "activations",
    "model's answers": "outputs, or inference",
    "answers differently": "the outputs differ",
    "entries that training changes": "trainable parameters",
    "go on": "resume, or continue training",
    "found out by itself": "detected",
    "is turned": "is rotated",
    "stretch": "broadcast, or scale",
  ]

  @Test("No command, field or step is explained by a paraphrase of a term")
  func paraphrases() throws {
    for (title, text) in try Self.texts() {
      let words = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
      for (phrase, term) in Self.terms {
        #expect(!words.contains(phrase), "\(title) says '\(phrase)': write '\(term)'")
      }
    }
  }

  /// The help of every command, and of everything that a file can say.
  private static func texts() throws -> [(title: String, text: String)] {
    let catalog = TrainingCatalog.standard
    let commands = Known.$catalog.withValue(catalog) { help(of: RootCommand.self) }
    let pages = TunerHelpPages(catalog.tuners)
    let tuners = try catalog.tuners.names.map { name in
      (name, try pages.fields(ofTuner: name, as: .table))
    }
    try #require(commands.count > 12 && tuners.count >= 2)
    return commands + tuners + [
      ("peft train --fields", RecipeHelp.fields(catalog).text(isStyled: false)),
      ("peft describe --schema", ModelSchema.markdown()),
    ]
  }

  private static func help(of command: any ParsableCommand.Type) -> [(String, String)] {
    [("\(command)", RootCommand.helpMessage(for: command))]
      + command.configuration.subcommands.flatMap { help(of: $0) }
  }
}
