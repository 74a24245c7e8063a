public import TunerKit

/// What a recipe chooses by name and sets by fields: an optimizer, or a learning-rate schedule.
///
/// From the fields it is read, written, checked and explained, as a tuner's configuration is.
public protocol RecipeMethod: Hashable, Sendable {
  /// The name in recipes and on command lines: `adamw`.
  static var name: String { get }

  /// The fields that are its own, in the order in which recipes have them. Those that all optimizers
  /// or all schedules have are added by the library.
  static var fields: [ConfigurationField<Self>] { get }

  /// Every field at its default.
  init()
}

extension RecipeMethod {
  public static var fields: [ConfigurationField<Self>] { [] }
}

/// The part of a recipe that has a method with its fields, and fields that all such methods have.
protocol MethodPart: Sendable {
  static var writing: MethodWriting { get }
  /// Where a recipe has it.
  static var field: WritableKeyPath<TrainingRecipe, Self> { get }

  /// What can be named.
  static func names(in methods: TrainingMethods) -> [String]
  /// All fields at their defaults; nil where nothing is called so.
  init?(named name: String, in methods: TrainingMethods)

  /// All fields, under the method's name.
  var section: RecipeSection<Self> { get }
}

extension MethodPart {
  /// As a recipe has it: the name with all fields.
  var written: ConfigurationValue {
    let section = section
    return .map([section.name: section.values(of: self)])
  }
}

/// How a part with a method is written, for messages.
struct MethodWriting {
  /// The part's name.
  let part: String
  let map: String
  let inline: String
}
