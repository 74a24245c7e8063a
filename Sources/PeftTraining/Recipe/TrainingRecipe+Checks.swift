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
      + (earlyStopping.map { problems(EarlyStopping.section.fields, $0) } ?? [])
      + contradictions(isEvaluated: data.isEvaluated).map(\.problem)
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
    do throws(ConfigurationError) { try optimizer.method.validate() } catch {
      found.append((.value(error), error.places(in: "optimizer")))
    }
    do throws(ConfigurationError) {
      try schedule.method.validate(learningRate: optimizer.learningRate)
      if case .steps(let total) = length {
        try schedule.validate(of: total, learningRate: optimizer.learningRate)
      }
    } catch {
      found.append((.value(error), error.places(in: "schedule")))
    }
    if let problemType, !problemType.smoothsLabels, labelSmoothing > 0 {
      found.append((.smoothingWithoutClasses(problemType), ["label_smoothing"]))
    }
    if groupByLength, data.packed {
      let reason = "packed sequences are all of one length"
      found.append((.both("group_by_length", "packed", reason: reason), ["group_by_length"]))
    }
    if groupByLength, data.shuffle == false {
      let reason = "each says in which order texts are taken"
      found.append(
        (.both("group_by_length", "shuffle: false", reason: reason), ["group_by_length"]))
    }
    if data.eval != nil, data.split != nil {
      let reason = "each says what is evaluated on"
      found.append((.both("eval", "split", reason: reason), ["data.split"]))
    }
    if earlyStopping != nil, !isEvaluated || evalEvery == nil {
      found.append(
        (
          .neverEvaluated(hasData: isEvaluated, isTimed: evalEvery != nil), ["early_stopping"]
        ))
    } else if evalEvery != nil, !isEvaluated {
      found.append((.nothingToEvaluate, ["eval_every"]))
    }
    return found
  }
}

extension ConfigurationError {
  /// Where the mistake of a part may be, by paths: the fields that it names, and the part as a whole. A
  /// schedule's may be about the optimizer's learning rate.
  fileprivate func places(in part: String) -> [String] {
    guard case .contradiction(let fields, _, _) = self else { return [part] }
    return fields.flatMap { ["\(part).\($0)", "optimizer.\($0)"] } + [part]
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
        return [.other(AnyDiagnosis(error))]
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

extension TrainingRecipe {
  /// The fields that a run may not change once it has begun and that differ, by their names: all but its
  /// length (early stopping is a part of that, but for what it compares), its folder, its threads, and how
  /// often it reports.
  package func changes(from old: TrainingRecipe) -> [String] {
    let free = [
      "steps", "epochs", "output", "threads", "save_every", "eval_every", "log_every",
      "tensorboard",
    ]
    let own = Self.section.fields.filter { !free.contains($0.name) }
      .filter { $0.write(self) != $0.write(old) }.map(\.name)
    let data = DataSettings.section.fields.filter { $0.write(self.data) != $0.write(old.data) }
      .map { "data.\($0.name)" }
    let parts = [
      ("tuner or adapter", start == old.start), ("optimizer", optimizer == old.optimizer),
      ("schedule", schedule == old.schedule), ("early_stopping.metric", metric == old.metric),
    ]
    return own + data + parts.filter { !$0.1 }.map(\.0)
  }
}
