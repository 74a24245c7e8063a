import PeftTensors

/// What a batch's labels are, how they are made of each kind of rows, and which of them count.
protocol Labels: Sendable {
  /// What the files hold that they can be made of.
  var contents: [DataContent] { get }

  /// Of the fields of `data` that some labels have no use for those that they have one for: `prompt`,
  /// `packed`, `target`, `label`.
  var settings: [String] { get }
  // MARK: Rows of text

  /// Finds what is wrong with a row's label without using the tokenizer.
  func check(_ record: DataRecord, _ maker: ExampleMaker) throws(DataError.Reason)
  /// The class of a row, in words; nil where rows have none.
  func classLabel(of record: DataRecord, _ maker: ExampleMaker) throws(DataError.Reason) -> String?
  /// - Throws: `DataError.Reason`, `TokenizerError`.
  func example(_ record: DataRecord, _ maker: ExampleMaker) throws -> Example

  // MARK: Batches

  /// The first place of a row whose label can count, where every token has one.
  var firstCounted: Int { get }
  /// Whether the labels of a row are a sequence of their own, as a decoder's are; otherwise they are padded as
  /// the row's tokens are.
  var haveOwnLength: Bool { get }
  /// Whether a row's label is the number of a class.
  var areClassNumbers: Bool { get }
  /// What a batch of examples has beside its texts.
  /// - Parameter length: What labels of each row are padded to, where every token has one.
  func inputs(of labels: [Example.Label], length: Int, tokens: TokenSettings) -> LabelInputs
  /// The shapes of that.
  /// - Parameter tokens: The shape where every token has a label.
  func shapes(rows: Int, tokens: [Int]?) -> [String: [Int]]

  // MARK: Tensors

  /// The tensors that a file has to have.
  var neededTensors: [String] { get }
  /// Finds out from shape and type whether a file's tensor can be the labels.
  /// - Parameter ids: The file's tokens.
  func check(_ labels: Tensor, ids: Tensor?) throws(DataError.Reason)
  /// What a batch has beside the tensors of some rows; all labels of them are found to be in range.
  func inputs(of stored: StoredRows) throws(DataError.Reason) -> LabelInputs
}

extension Labels {
  var settings: [String] { [] }
  var firstCounted: Int { 0 }
  var haveOwnLength: Bool { false }
  var areClassNumbers: Bool { false }
  func check(_ record: DataRecord, _ maker: ExampleMaker) throws(DataError.Reason) {}

  func classLabel(of record: DataRecord, _ maker: ExampleMaker) throws(DataError.Reason) -> String?
  { nil }

  func example(_ record: DataRecord, _ maker: ExampleMaker) throws -> Example {
    preconditionFailure("\(self) are not made of texts, but of \(contents)")
  }
}

/// Labels as inputs of a batch, and others that are made of them.
struct LabelInputs {
  var tensors: [String: Tensor]
  /// How many entries the mean loss is over.
  let countedEntries: Int
}
