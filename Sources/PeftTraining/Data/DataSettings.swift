/// What a model is trained on, and how examples are made of it.
public struct DataSettings: Hashable, Sendable {
  /// The file with examples to train on.
  public var train: String
  /// The file with examples to measure progress with.
  public var eval: String?
  /// A checkpoint's folder, a `tokenizer.json`, or `bytes`; the model's own where nil.
  public var tokenizer: String?
  /// The text of an example, with the fields of a row in braces: `{meaning} => {reference}`. Where
  /// nil, it is the field `text`, or the line of a `.txt` file.
  public var text: String?
  /// What is put before the text, fields in braces, and does not count for the loss.
  public var prompt: String?
  /// What a sequence-to-sequence model answers to the text, fields in braces.
  public var target: String?
  /// The field that holds an example's class or its numbers; `label` where nil.
  public var label: String?
  /// Whether documents follow each other and are cut into full sequences; otherwise each is a row,
  /// filled up with padding.
  public var packed: Bool
  /// Whether the order of examples changes from one pass over them to the next.
  /// Where nil, it does, but for batches that are made already.
  public var shuffle: Bool?

  public init(
    train: String, eval: String? = nil, tokenizer: String? = nil, text: String? = nil,
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
