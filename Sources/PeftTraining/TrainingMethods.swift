public import PeftBasics

/// The optimizers and schedules that a recipe can name. A value, to be passed along.
public struct TrainingMethods: Sendable {
  /// Those of this library.
  public static let standard = TrainingMethods(
    optimizers: [
      AdamW.self,
      Adam.self,
      RAdam.self,
      SGD.self,
      Lion.self,
      Adafactor.self,
    ],
    schedules: [
      ConstantSchedule.self,
      LinearSchedule.self,
      CosineSchedule.self,
      PolynomialSchedule.self,
      WarmupStableDecaySchedule.self,
    ])

  /// In the order of registration, as are `schedules`.
  public private(set) var optimizers: [any OptimizerMethod.Type]
  public private(set) var schedules: [any LearningRateSchedule.Type]

  /// Adds an optimizer.
  /// - Throws: `TrainingMethodsError` where its name is taken.
  public mutating func register(
    _ optimizer: any OptimizerMethod.Type
  ) throws(TrainingMethodsError) {
    guard self.optimizer(named: optimizer.name) == nil else {
      throw TrainingMethodsError(duplicate: optimizer.name, part: "optimizer")
    }
    optimizers.append(optimizer)
  }

  /// Adds a schedule.
  /// - Throws: `TrainingMethodsError` where its name is taken.
  public mutating func register(
    _ schedule: any LearningRateSchedule.Type
  ) throws(TrainingMethodsError) {
    guard self.schedule(named: schedule.name) == nil else {
      throw TrainingMethodsError(duplicate: schedule.name, part: "schedule")
    }
    schedules.append(schedule)
  }

  func optimizer(named name: String) -> (any OptimizerMethod.Type)? {
    optimizers.first { $0.name == name }
  }

  func schedule(named name: String) -> (any LearningRateSchedule.Type)? {
    schedules.first { $0.name == name }
  }
}

/// Why an optimizer or a schedule cannot be registered.
public struct TrainingMethodsError: Diagnosis, Hashable {
  /// The name that is taken.
  public let name: String
  private let part: String

  init(duplicate name: String, part: String) {
    self.name = name
    self.part = part
  }

  public var words: (problem: String, fix: String?) {
    ("the \(part) '\(name)' is registered already", "give the new one another name")
  }
}
