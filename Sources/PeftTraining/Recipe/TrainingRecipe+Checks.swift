import CPUCore
import ModelDescription
import PeftAdapters
public import PeftBasics
import TunerKit

extension TrainingRecipe {
  /// Checks a recipe however it was made: every field by itself, then all together.
  /// - Throws: Every mistake there is, as reading a recipe has it, but without a place in a file.
  public func check() throws(DescriptionErrors) {
    func problems<Value>(
      _ fields: [ConfigurationField<Value>], _ value: Value
    ) -> [RecipeProblem] {
      fields.compactMap { $0.mistake(in: value) }.map(RecipeProblem.value)
    }
    let problems =
      problems(Self.modelFields, self) + start.problems
      + problems(DataSettings.section.fields, data) + problems(Self.lengthFields, self)
      + problems(optimizer.section.fields, optimizer)
      + problems(schedule.section.fields, schedule) + problems(Self.otherFields, self)
      + contradictions(isEvaluated: data.eval != nil).map(\.problem)
    guard problems.isEmpty else {
      throw DescriptionErrors(problems.map { DescriptionError($0, path: "recipe") })
    }
  }

  /// What goes wrong only together, with the fields that it is about by their paths, first the one
  /// to complain about.
  /// - Parameter isEvaluated: Whether there is evaluation data.
  func contradictions(isEvaluated: Bool) -> [(problem: RecipeProblem, fields: [String])] {
    var found: [(problem: RecipeProblem, fields: [String])] = []
    if case .steps(let total) = length, case .steps(let steps) = schedule.warmup, steps > total {
      found.append((.warmupTooLong(steps: steps, total: total), ["schedule.warmup_steps"]))
    }
    if case .sgd(let momentum, let dampening, isNesterov: true) = optimizer.method,
      momentum == 0 || dampening != 0
    {
      found.append(
        (
          .nesterovNeedsMomentum(dampening: momentum == 0 ? 0 : dampening), ["optimizer.nesterov"]
        ))
    }
    if case .polynomial(_, let end) = schedule.shape, end >= optimizer.learningRate {
      found.append(
        (
          .endAboveStart(end: end, start: optimizer.learningRate),
          ["schedule.end_learning_rate", "optimizer.learning_rate", "schedule"]
        ))
    }
    if let problemType, problemType != .singleLabel, labelSmoothing > 0 {
      found.append((.smoothingWithoutClasses(problemType), ["label_smoothing"]))
    }
    if evalEvery != nil, !isEvaluated { found.append((.nothingToEvaluate, ["eval_every"])) }
    return found
  }
}

extension TrainingRecipe.Start {
  fileprivate var problems: [RecipeProblem] {
    switch self {
    case .adapter(""): return [.noAdapter(found: .text(""))]
    case .adapter: return []
    case .tuner(let configuration):
      do { try configuration.check() } catch let errors as ConfigurationErrors {
        return errors.errors.map(RecipeProblem.value)
      } catch let error as ConfigurationError {
        return [.value(error)]
      } catch {
        return [RecipeProblem(describing: error)]
      }
      return []
    }
  }
}

extension RecipeProblem {
  /// An `adapter` that is no path.
  static func noAdapter(found: ConfigurationValue) -> RecipeProblem {
    .value(.wrongKind(field: "adapter", expected: "a path, or null", found: found))
  }
}
