import ModelGraph
import PeftAdapters
import PeftBasics
import PeftCheckpoints

extension DataError.Reason {
  /// What is wrong, and what to do about it.
  var words: (problem: String, fix: String?) {
    switch self {
    case .unknownExtension(let known, let compressed):
      (
        "the file's name does not say what is in it",
        "give a file that ends in \(list(known, last: "or"))"
          + (compressed.isEmpty ? "" : "; compressed, in \(list(compressed, last: "or"))")
      )
    case .nothingMatches:
      ("no file has a path of this pattern", "check it with ls; a shell takes quotes away")
    case .nothingInFolder(let endings):
      (
        "the folder has no file with rows of texts",
        "put files into it that end in \(list(endings, last: "or")), or name another folder"
      )
    case .notOneOfSeveral:
      (
        "one of several files has no rows of texts",
        "give one file of tokens or tensors, or several of texts"
      )
    case .wideText: ("the file is UTF-16", "convert it: iconv -f UTF-16 -t UTF-8")
    case .emptyFile: ("the file is empty", "write rows into it, or name another file")
    case .noRows: ("the file has no rows", "write rows into it, or name another file")
    case .tooManyRows(let most):
      ("the file has more rows than there is room for, \(most.grouped)", "split the file")
    case .rowTooLong(let byteCount, let most):
      (
        "the row has \(byteCount.asBytes), and there is memory for rows of \(most.asBytes)",
        "split it into several rows"
      )
    case .badCompression(.otherData, let name):
      (
        "the file's name says that \(name) compressed it, and it did not",
        "give the file the name of what it is, or compress it"
      )
    case .badCompression(.cutOff, let name):
      ("the \(name) data are cut off: they end too early", "copy the file again, or make it anew")
    case .badCompression(.damaged(let reason), let name):
      ("the \(name) data are damaged: \(reason.shown)", "copy the file again, or make it anew")
    case .badCompression(.moreData, let name):
      (
        "something that is no \(name) data follows the \(name) data",
        "copy the file again, or make it anew"
      )
    case .noRoom(let folder, let limit):
      (
        "unpacked, the file takes more room than there is in \(folder.shown)"
          + (limit.map { ": \($0.asBytes)" } ?? ""),
        "set TMPDIR to a folder with more room, or unpack the file and name the result"
      )
    case .notUnpacked(let folder, let reason):
      (
        "the file cannot be unpacked in \(folder.shown): \(reason)",
        "set TMPDIR to a folder that can be written to"
      )
    case .notJSON(let mistake):
      ("the row is not JSON: \(mistake.problem)", "write one object a line, or a list of objects")
    case .notAnObject(let found):
      ("the row is \(found), not an object", "write rows as objects: {\"text\": \"…\"}")
    case .openList:
      ("the list is not closed: the file ends in it", "copy the file again, or end the list with ]")
    case .badList(let expected):
      ("the list goes on with something else than \(expected)", "write [{…}, {…}]")
    case .openQuote: ("a quote is not closed", "close it; a quote inside is written twice")
    case .textAfterQuote:
      ("there is text after a closing quote", "write quotes inside a quoted field twice")
    case .wrongFieldCount(let found, let expected, let separators):
      (
        "the row has \(found.counted("field")), the header \(expected.grouped)",
        "put fields with \(separators) in quotes, or add what is missing"
      )
    case .columnTwice(let name):
      ("the header has '\(name.shown)' twice", "give every column a name of its own")
    case .badRow(let problem, let fix): (problem, fix)
    case .badTemplate(let template, let problem):
      (
        "the template '\(template.shown)' cannot be read: \(problem)",
        "write fields as {name}, and braces themselves twice"
      )
    case .noField(let name, let known):
      ("the row has no field '\(name.shown)', but \(fieldList(known))", nearest(name, known))
    case .notText(let field, let found):
      ("the field '\(field.shown)' is \(found)", "give it a text or a number")
    case .isObject(let field):
      (
        "the field '\(field.shown)' is an object",
        "name a field inside it, as in {\(field.shown).name}"
      )
    case .noTokens:
      ("the row has no tokens", "remove it, or choose a template that gives it a text")
    case .noLabel(let field, let known):
      (
        "the row has no label '\(field.shown)', but \(fieldList(known))",
        "set 'label' to the field that holds it"
      )
    case .labelNotNumber(let field, let found):
      (
        "the label '\(field.shown)' is \(found.shown)",
        "write labels as numbers, or as the names that the model's config.json has in id2label"
      )
    case .labelNotName(let field, let found):
      (
        "the label '\(field.shown)' is \(found), which is the name of no class",
        "write labels as texts or whole numbers, or list the classes in 'labels'"
      )
    case .tooManyClasses(let most):
      (
        "the labels have more than \(most.grouped) different values",
        "set 'label' to the field that holds the class"
      )
    case .unknownLabel(let label, let field, let known):
      (
        "the label '\(field.shown)' is '\(label.shown)', and the model's are \(fieldList(known))",
        Spelling.nearest(to: label, among: known).map { "did you mean '\($0.shown)'?" }
          ?? "write one of the model's labels, or its number"
      )
    case .namesBesideNumbers(let field, let firstIsNamed):
      (
        firstIsNamed
          ? "the label '\(field.shown)' is a number, and the first row's is a name"
          : "the label '\(field.shown)' is a name, and the first row's is a number",
        "write all labels as names, or all as numbers"
      )
    case .wrongLabelCount(let field, let found, let expected):
      (
        "'\(field.shown)' has \(found.counted("number")), the model \(expected.counted("output"))",
        "give one number for each output"
      )
    case .labelOutOfRange(let place, let value, let allowed):
      ("\(place.shown) is \(value.shown)", "labels are \(allowed)")
    case .noMessages(let field):
      ("'\(field)' has no messages", "write one message at least, or remove the row")
    case .badMessage(let index, let field, let problem):
      (
        "message \(index + 1) of '\(field)' \(problem)",
        "write messages as {\"role\": \"user\", \"content\": \"…\"}"
      )
    case .noChatTemplate:
      (
        "the rows are conversations, and the tokenizer's folder has no chat template",
        "give data a 'chat_template': a .jinja file, or a template's name; or a 'text' that makes texts of the rows"
      )
    case .badConversation(let cause): (cause.summary, cause.fix)
    case .noTokenizer:
      ("texts need a tokenizer", "name a checkpoint's folder, a tokenizer.json, or bytes")
    case .splitOfOther:
      (
        "'split' parts rows of texts, and the file has none",
        "give data an 'eval' file instead of 'split'"
      )
    case .singleRow:
      (
        "'split' parts the rows, and there is only this one",
        "add rows, or give data an 'eval' file"
      )
    case .singleOfClass(let label):
      (
        "'split' puts rows of every class into both parts, and of '\(label.shown)' there is only this one",
        "add rows of that class, remove this one, or give data an 'eval' file"
      )
    case .conversationForOtherTask(let task):
      (
        "the rows are conversations, which \(task) is not trained on",
        "give data a 'text' and a 'target' that make texts of the rows"
      )
    case .noTarget(let task):
      (
        "\(task) needs to know what to answer",
        "set 'target' to a template, such as {summary}"
      )
    case .settingForOtherTask(let setting, let task):
      ("'\(setting)' means nothing to \(task)", "leave it out, or train another model")
    case .fileForOtherTask(let task, let takes):
      ("such a file is not for \(task)", "give a file that ends in \(list(takes, last: "or"))")
    case .noMask(let mask?):
      ("the row has no mask", "write \(mask.shown) where a word is to be predicted")
    case .noMask(nil):
      ("the tokenizer has no mask", "use the tokenizer that belongs to the model")
    case .noRowsToPredict(let takes):
      ("such a file has no rows to predict", "give a file that ends in \(list(takes, last: "or"))")
    case .fieldTaken(let name):
      (
        "the row has a field '\(name.shown)' already, and one of that name is added",
        "give the row's another name"
      )
    case .notKept(let folder, let reason):
      (
        "the texts cannot be kept in \(folder.shown): \(reason)",
        "set TMPDIR to a folder that can be written to"
      )
    case .tokenOutOfRange(let place, let token, let vocabulary):
      (
        "\(place.shown) is \(token), and the model knows tokens from 0 to "
          + (vocabulary - 1).grouped,
        "use the tokenizer that belongs to the model"
      )
    case .noInputs(let found, let wanted):
      (
        (wanted.count == 1
          ? "there is no '\(wanted[0].shown)'"
          : "there is neither \(wanted.map { "'\($0.shown)'" }.joined(separator: " nor "))")
          + ", but \(fieldList(found))",
        "name the tensors as the model's inputs"
      )
    case .tensorMissing(let name, let task):
      ("there is no '\(name)', which \(task) needs", "add it to the file")
    case .otherRowCount(let tensor, let found, let other, let expected):
      (
        "'\(tensor.shown)' has \(found.counted("row")), '\(other.shown)' \(expected.grouped)",
        "give all tensors the same number of rows"
      )
    case .wrongShape(let tensor, let found, let expected):
      ("'\(tensor.shown)' has the shape \(found)", "its shape has to be \(expected)")
    case .wrongType(let tensor, let found, let expected):
      ("the numbers of '\(tensor.shown)' are \(found)", "convert them to \(expected)")
    case .partialToken(let byteCount, let tokenBytes):
      (
        "\(byteCount.grouped) bytes are no whole number of tokens of \(tokenBytes) bytes",
        "copy the file again; tokens of 4 bytes are in files that end in .u32.bin"
      )
    case .tooFewTokens(let found, let needed):
      (
        "the file has \(found.counted("token")), and one sequence takes \(needed.grouped)",
        "choose a smaller sequence_length, or give more text"
      )
    case .nothingCounted:
      (
        "no label of any row counts: there is nothing to learn or to measure",
        "give longer sequences, shorter prompts, or labels other than \(CrossEntropy.ignoredLabel)"
      )
    case .otherRows(let found, let before):
      (
        "the file is not the one that the run began with: it has \(found.counted("row"))"
          + (before.map { ", not \($0.grouped)" } ?? ""),
        "put the file back as it was, or begin a new run"
      )
    }
  }

  private func nearest(_ name: String, _ known: [String]) -> String {
    Spelling.nearest(to: name, among: known).map { "did you mean '\($0.shown)'?" }
      ?? "name one of its fields"
  }

  private func fieldList(_ names: [String]) -> String {
    guard !names.isEmpty else { return "none at all" }
    let shown = names.map(\.quoted)
    return names.count > 8 ? shown.listed(upTo: 8) : list(shown, last: "and")
  }

  private func list(_ words: [String], last: String) -> String {
    words.count < 2
      ? words.joined()
      : words.dropLast().joined(separator: ", ") + " \(last) " + words[words.count - 1]
  }
}
