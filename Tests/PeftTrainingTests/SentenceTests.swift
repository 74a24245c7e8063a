import Peft
import PeftCheckpoints
import PeftTestSupport
import PeftTraining
import Testing

@Suite("Sentence vectors") struct SentenceTests {
  private static let model = EvaluationFixture.path("sentences")

  private static func vectors(
    _ settings: SentenceSettings, _ texts: [String], model: String = model
  ) throws -> [[Float]] {
    var vectors: [[Float]] = []
    try RowEmbedder(TaskModel(TaskModel.Source(model)), of: .texts(texts), settings: settings)
      .run { vectors.append($0.vector) }
    return vectors
  }

  private static func distance(_ a: [[Float]], _ b: [[Float]]) -> Float {
    zip(a.joined(), b.joined()).map { ($0 - $1).magnitude }.max() ?? .infinity
  }

  @Test("Are those of sentence-transformers, as its files in the folder say or as one chooses")
  func vectors() throws {
    let expected = try EvaluationFixture.recorded.get().sentences
    let settings = try SentenceSettings(folder: Self.model)
    #expect(settings.pooling == .cls && settings.normalizes)
    let cls = try Self.vectors(settings, expected.texts)
    #expect(cls.count == 8 && cls.allSatisfy { $0.count == 16 })
    #expect(Self.distance(cls, expected.cls) < 1e-5)
    // The mean, not normalised, is what a folder without such files has.
    let folder = try TemporaryFolder()
    #expect(try SentenceSettings(folder: folder.path) == SentenceSettings())
    let mean = try Self.vectors(SentenceSettings(), expected.texts)
    #expect(Self.distance(mean, expected.mean) < 1e-5)
  }

  @Test("Files of earlier releases say the same in other words")
  func earlierFiles() throws {
    let folder = try TemporaryFolder()
    try folder.file(
      "modules.json",
      #"""
      [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
       {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]
      """#)
    try folder.file(
      "1_Pooling/config.json",
      #"{"word_embedding_dimension": 16, "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"#
    )
    try folder.file(
      "sentence_bert_config.json", #"{"max_seq_length": 7, "do_lower_case": false}"#)
    try folder.file(
      "config_sentence_transformers.json",
      #"{"prompts": {"query": "of {it}: "}, "default_prompt_name": "query"}"#)
    let settings = try SentenceSettings(folder: folder.path)
    #expect(settings.pooling == .cls && !settings.normalizes)
    #expect(settings.sequenceLength == 7 && settings.prompt == "of {it}: ")
    // The prompt stands before the text, whatever its braces.
    var plain = settings
    plain.prompt = ""
    #expect(
      try Self.vectors(settings, ["a"]) == Self.vectors(plain, ["of {it}: a"]))
    // Cut at the length, the last token stays.
    plain.pooling = .mean
    #expect(
      try Self.vectors(plain, ["a b c d e f g"]) == Self.vectors(plain, ["a b c d e"]))
  }

  @Test(
    "What is not known of such files is refused by name",
    arguments: [
      (
        "modules.json", #"[{"path": "2_Dense", "type": "sentence_transformers.models.Dense"}]"#,
        """
        modules.json: the module 'sentence_transformers.models.Dense' is not known
          fix: only Transformer, Pooling and Normalize are; use another model
        """
      ),
      (
        "modules.json", "{}",
        """
        modules.json: the file is no list of modules
          fix: copy the folder again
        """
      ),
      (
        "modules.json", "[",
        """
        modules.json: the file is not JSON: byte 1: it ends where a value is expected
          fix: copy the folder again
        """
      ),
      (
        "1_Pooling/config.json", #"{"pooling_mode": ["cls", "max"]}"#,
        """
        1_Pooling/config.json: the pooling 'cls and max' is not known
          fix: choose mean or cls in the file, if the model is for it
        """
      ),
      (
        "1_Pooling/config.json", #"{"pooling_mode": "mean", "include_prompt": false}"#,
        """
        1_Pooling/config.json: the setting 'include_prompt' is not supported
          fix: use another model
        """
      ),
      (
        "sentence_bert_config.json", #"{"do_lower_case": true}"#,
        """
        sentence_bert_config.json: the setting 'do_lower_case' is not supported
          fix: use another model
        """
      ),
    ])
  func refusals(file: String, text: String, message: String) throws {
    let folder = try TemporaryFolder()
    for name in ["modules.json", "1_Pooling/config.json", "sentence_bert_config.json"] {
      try folder.file(name, Fixture.bytes("evaluation/sentences/\(name)"))
    }
    try folder.file(file, text)
    #expect(folder.message { _ = try SentenceSettings(folder: folder.path) } == message)
  }

  @Test("Vectors in a .npy file are read again to the bit")
  func numPy() throws {
    let folder = try TemporaryFolder()
    for width in [1, 16, 384, 1000] {
      let numbers = (0..<3 * width).map { Float($0) / 7 - 1 }
      let path = folder.path("a.npy")
      try NumPyWriter.write(rowCount: 3, width: width, to: path) { append in
        for row in 0..<3 { try append(Array(numbers[row * width..<(row + 1) * width])) }
      }
      let read = try NumPyFile(path: path).tensor
      #expect(read.shape == [3, width] && read.floats() == numbers)
      #expect(try (folder.bytes("a.npy").count - 12 * width).isMultiple(of: 64))
    }
  }
}
