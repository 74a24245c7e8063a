public import PeftBasics

/// What an adapter is converted to, as a user writes it: `lora:r=16`, `lora:share=0.9`, `full`.
public enum ConversionTarget: Hashable, Sendable {
  case lora(LoRASize)
  /// The updated weights themselves.
  case full

  /// - Throws: `ConversionTargetError`.
  public init(_ text: String) throws(ConversionTargetError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.first.map { $0.lowercased() } ?? ""
    switch (name, parts.dropFirst().first) {
    case ("full", nil): self = .full
    case ("full", let settings?):
      throw ConversionTargetError(
        text: text, reason: "full takes no setting such as '\(settings)'")
    case ("lora", let settings?): self = .lora(try Self.size(settings, of: text))
    case ("lora", nil):
      throw ConversionTargetError(text: text, reason: "it does not say how large the LoRA is")
    default: throw ConversionTargetError(text: text, reason: "'\(name)' is not lora or full")
    }
  }

  private static func size(
    _ setting: Substring, of text: String
  ) throws(ConversionTargetError) -> LoRASize {
    let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    switch (parts.first, parts.dropFirst().first) {
    case ("r", let value?):
      guard let rank = Int(value), rank >= 1 else {
        throw ConversionTargetError(text: text, reason: "r is not a whole number from 1 on")
      }
      return .rank(rank)
    case ("share", let value?):
      guard let share = Double(String(value)), share > 0, share <= 1 else {
        throw ConversionTargetError(text: text, reason: "share is not a number above 0, up to 1")
      }
      return .share(share)
    default:
      throw ConversionTargetError(text: text, reason: "'\(setting)' is not r=… or share=…")
    }
  }
}

/// A target of a conversion that cannot be understood.
public struct ConversionTargetError: Diagnosis, Hashable {
  public let text: String
  private let reason: String

  fileprivate init(text: String, reason: String) { (self.text, self.reason) = (text, reason) }

  public var words: (problem: String, fix: String?) {
    ("'\(text.shortened(to: 80))': \(reason)", "write lora:r=16, lora:share=0.9, or full")
  }
}
