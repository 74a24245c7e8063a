import PeftAdapters
import PeftBasics
public import TunerKit

/// A tuner that takes part in a bake-off.
///
/// - `lora:r=16`, `randlora:r=8|32`: settings as everywhere; each alternative takes part
/// - `randlora:match`: the rank whose number of trainable parameters is nearest to the first tuner's
/// - `randlora:match,target_modules=[c_attn]`: the same with other settings
public struct BakeoffTuner: Sendable {
  /// As the user wrote it.
  public let text: String
  public let variants: [any TunerConfiguration]
  /// Whether the rank follows from the first tuner's number of trainable parameters.
  public let isMatched: Bool

  /// The tuner's name, in lower case.
  public let name: String

  /// What stands for a rank that is searched for.
  static let matchWord = "match"

  public init(_ configuration: some TunerConfiguration, isMatched: Bool = false) {
    name = configuration.methodName
    text = name
    variants = [configuration]
    self.isMatched = isMatched
  }

  /// - Parameters:
  ///   - registry: The tuners that can be named.
  ///   - allowsUnknown: Whether a file's fields that are not known may have values.
  /// - Throws: `TunerRequestError`, `TunerRegistryError`, or `DescriptionErrors` about a file;
  ///   `BakeoffError` where a rank is given that is to be searched for, or the tuner has none.
  public init(
    _ text: String, registry: TunerRegistry, allowsUnknown: Bool = false
  ) throws {
    self.text = text
    let (request, isMatched) = try Self.request(in: text)
    self.isMatched = isMatched
    variants = try TunerRequest(request, registry: registry, allowsUnknown: allowsUnknown).variants
    name = variants.first?.methodName ?? ""
    guard isMatched else { return }
    for variant in variants {
      guard let field = variant.rankField else { throw BakeoffError.noRank(text, tuner: name) }
      guard variant.changedValues[field] == nil else {
        throw BakeoffError.rankTwice(text, field: field)
      }
    }
  }

  /// The request without `match`, and whether it was there.
  private static func request(in text: String) throws -> (text: String, isMatched: Bool) {
    guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") else {
      return (text, false)
    }
    let settings = try InlineSettings.split(text[text.index(after: colon)...], at: ",", of: text)
    let others = settings.filter { $0.filter { $0 != " " } != matchWord }
    guard others.count < settings.count else { return (text, false) }
    let name = String(text[..<colon])
    return (others.isEmpty ? name : "\(name):\(others.joined(separator: ","))", true)
  }
}
