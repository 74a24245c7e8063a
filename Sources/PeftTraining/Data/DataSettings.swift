/// What a model is trained on, and how examples are made of it.
public struct DataSettings: Hashable, Sendable {
  /// The files with training data.
  public var train: DataFiles
  /// The files with evaluation data.
  public var eval: DataFiles?
  /// The files that are measured once, when the run is at its end.
  public var test: DataFiles?
  /// The share of the training data that is evaluation data instead, where there are no files of it. Rows are
  /// drawn by the run's seed; of each class of a classifier the same share.
  public var split: Double?
  /// The seed that these rows are drawn by; the run's where nil.
  public var splitSeed: Int?
  /// A checkpoint's folder, a `tokenizer.json`, or `bytes`; the model's own where nil.
  public var tokenizer: String?
  /// The text of an example, with the fields of a row in braces: `{meaning} => {reference}`. Where
  /// nil, it is the field `text`, or the line of a `.txt` file.
  public var text: String?
  /// The prompt before the text, fields in braces. It is masked from the loss.
  public var prompt: String?
  /// Of conversations and of rows with a prompt, what counts for the loss.
  public var trainOn: TrainOn
  /// The chat template of conversations: the name of one of the tokenizer's, a `.jinja` file, or the template
  /// itself; the tokenizer's default where nil.
  public var chatTemplate: String?
  /// The day that chat templates write which ask for it; the one on which a run begins where nil.
  public var chatDate: ChatDate?
  /// The target text of a sequence-to-sequence model, fields in braces.
  public var target: String?
  /// The field that holds an example's label; `label` where nil.
  public var label: String?
  /// The classes of a new classifier on the model; where nil, the model is what it is.
  public var labels: ClassNames?
  /// Whether documents are packed, one after another, into full sequences; otherwise each is a row with
  /// padding.
  public var packed: Bool
  /// Whether examples are shuffled in every epoch. Where nil, they are, except for tensors that are
  /// batches already.
  public var shuffle: Bool?

  /// Whether there is anything to evaluate on.
  var isEvaluated: Bool { eval != nil || split != nil }

  public init(
    train: DataFiles, eval: DataFiles? = nil, tokenizer: String? = nil, text: String? = nil,
    prompt: String? = nil, target: String? = nil, label: String? = nil, packed: Bool = false,
    shuffle: Bool? = nil, test: DataFiles? = nil, split: Double? = nil,
    trainOn: TrainOn = .assistant, chatTemplate: String? = nil, chatDate: ChatDate? = nil,
    labels: ClassNames? = nil
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
    self.test = test
    self.split = split
    self.trainOn = trainOn
    self.chatTemplate = chatTemplate
    self.chatDate = chatDate
    self.labels = labels
  }
}
