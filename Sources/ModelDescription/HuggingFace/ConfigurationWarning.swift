public import PeftBasics

/// Something in a `config.json` that is read all the same, and that its user should know.
public struct ConfigurationWarning: Sendable, CustomStringConvertible {
  enum Reason: Hashable, Sendable {
    /// An unknown field that says "off".
    case unknownOff(String, modelType: String)
    /// An unknown field, where the user allows these.
    case unknownField(String, value: String, modelType: String)
    /// A field that does not count because another one says the same thing, and differs.
    case overridden(String, value: String, by: String, counts: String)
    /// A value that changes nothing here, and why.
    case passedOver(String, value: String, reason: String)
    case classSpelling(String, read: String)
    case keyTwice(String)
  }

  let reason: Reason
  /// What it is about, in the file.
  public let range: SourceRange

  init(_ reason: Reason, at range: SourceRange) {
    self.reason = reason
    self.range = range
  }

  /// One line, which starts with the place.
  public var description: String { "\(range.location): \(message)" }

  private var message: String {
    switch reason {
    case .unknownOff(let field, let type):
      "'\(field.inMessage)' (false) is not known for model_type '\(type)', and is ignored"
    case .unknownField(let field, let value, let type):
      "'\(field.inMessage)' (\(value.inMessage)) is not known for model_type '\(type)', and is ignored, "
        + "as asked"
    case .overridden(let field, let value, let other, let otherValue):
      "\(field.inMessage) = \(value.inMessage) does not count beside \(other.inMessage) = "
        + "\(otherValue.inMessage), as in transformers"
    case .passedOver(let field, let value, let reason):
      "\(field.inMessage) = \(value.inMessage) changes nothing: \(reason)"
    case .classSpelling(let name, let read): "'\(name.inMessage)' is read as \(read)"
    case .keyTwice(let key): "\(key.inMessage) is there twice, and the last one counts"
    }
  }
}
