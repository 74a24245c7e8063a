/// What a model is trained on, and how examples are made of it.
public struct DataSettings: Hashable, Sendable {
  /// The files with training data.
  public var train: DataFiles
  /// The files with evaluation data.
  public var eval: DataFiles?
  /// A checkpoint's folder, a `tokenizer.json`, or `bytes`; the model's own where nil.
  public var tokenizer: String?
  /// The text of an example, with the fields of a row in braces: `{meaning} => {reference}`. Where
  /// nil, it is the field `text`, or the line of a `.txt` file.
  public var text: String?
  /// The prompt before the text, fields in braces. It is masked from the loss.
  public var prompt: String?
  /// The target text of a sequence-to-sequence model, fields in braces.
  public var target: String?
  /// The field that holds an example's label; `label` where nil.
  public var label: String?
  /// Whether documents are packed, one after another, into full sequences; otherwise each is a row with
  /// padding.
  public var packed: Bool
  /// Whether examples are shuffled in every epoch. Where nil, they are, except for tensors that are
  /// batches already.
  public var shuffle: Bool?

  public init(
    train: DataFiles, eval: DataFiles? = nil, tokenizer: String? = nil, text: String? = nil,
    prompt: String? = nil, target: String? = nil, label: String? = nil, packed: Bool = false,
    shuffle: Bool? = nil
  ) {
    self.train = train
    self.eval = eval
    self.tokenizer = tokenizer
    self.text = text
    self.prompt = prompt
    self.target = target
    self.label = label
    self.packed = packed
    self.shuffle = shuffle
  }
}
