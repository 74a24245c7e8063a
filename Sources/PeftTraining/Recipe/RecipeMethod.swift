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
