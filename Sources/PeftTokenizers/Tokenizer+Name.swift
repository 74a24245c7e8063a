import PeftBasics

extension Tokenizer {
  /// A tokenizer by what a user calls it: `bytes`, a `tokenizer.json`, or a folder with one.
  /// - Throws: `FileReadError`, `TokenizerError`.
  public init(named name: String) throws {
    self = name == "bytes" ? .bytes : try Tokenizer(path: name)
  }
}
